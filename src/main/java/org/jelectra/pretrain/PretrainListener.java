package org.jelectra.pretrain;

import java.io.IOException;

/** Follows a run. All methods are called on the training thread. */
public interface PretrainListener {

    /** Listens to nothing. */
    PretrainListener NONE = new PretrainListener() {};

    /**
     * A step is done.
     *
     * @param step steps done so far, from 1
     */
    default void onStep(int step) {}

    /** Metrics were logged. */
    default void onMetrics(StepMetrics metrics) throws IOException {}
}
