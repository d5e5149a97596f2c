package org.jelectra.pretrain;

import java.io.IOException;

/** Follows a run, and may end it. All methods are called on the training thread. */
public interface PretrainListener {

    /** Listens to nothing. */
    PretrainListener NONE = new PretrainListener() {};

    /**
     * A step has begun, the one before has ended, and its metrics were logged where they were due. The run's state may be saved, which waits
     * for the step.
     *
     * @param step steps begun so far, from 1
     */
    default void onStep(int step) throws IOException {}

    /** Metrics were logged. */
    default void onMetrics(StepMetrics metrics) throws IOException {}

    /** Something looks wrong that does not stop the run. */
    default void onWarning(String message) {}

    /**
     * Whether the run is to end after this step, before its time. It can be resumed from there.
     *
     * @param step steps done so far
     */
    default boolean endsAfter(int step) {
        return false;
    }

    /**
     * The run ends, at its last step or because a listener asked for it; not where it fails.
     *
     * @param step steps done
     */
    default void onEnd(int step) throws IOException {}
}
