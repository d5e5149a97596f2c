package org.jelectra.finetune;

import java.io.IOException;

/** Follows the training of one seed. */
interface FineTuneListener {

    /** A step was logged: about a hundred in a run, and every one with an evaluation. */
    default void onReport(StepReport report) throws IOException {}

    /** A step has begun; between steps the run may be saved, which waits for it. Returns whether it goes on. */
    default boolean onStep(int step) throws IOException {
        return true;
    }
}
