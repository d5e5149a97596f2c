package org.jelectra.finetune;

import java.io.IOException;
import org.jelectra.electra.heads.EncoderFiles;

/** Follows a {@link FineTuneRun} over its seeds. */
public interface FineTuneRunListener {

    /**
     * A seed's training begins or is taken up.
     *
     * @param weights what was loaded; null with random weights
     * @param step updates done already
     * @param steps updates in all
     */
    default void onSeed(long seed, EncoderFiles.Report weights, int step, int steps) {}

    /**
     * Something the user should know: {@link FineTuningTask#warnings}, before the first seed; or a seed goes on, or joins others, that
     * something else computed, so that its numbers are not those of one backend and precision.
     */
    default void onWarning(String warning) {}

    /**
     * A step has begun, and the one before has ended; where it was logged, that was told before.
     *
     * @param step updates begun so far
     */
    default void onStep(long seed, int step) {}

    /** A step was logged. */
    default void onReport(long seed, StepReport report) throws IOException {}

    /** A seed is done and its model saved. */
    default void onResult(SeedResult result) {}

    /** A seed has diverged; the run goes on with the next one. */
    default void onDivergence(long seed, String reason) {}

    /** Whether the run shall end after the step that was done now; a snapshot is written then. */
    default boolean isInterrupted() {
        return false;
    }
}
