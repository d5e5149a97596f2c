package org.jelectra.pretrain;

/** The loss is no longer a number; the weights are those before the step. */
public final class TrainingDivergedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TrainingDivergedException(int step, double loss) {
        super("the loss became " + loss + " at step " + (step + 1) + "; the weights of the step before are unharmed. "
                + "Lower the learning rate or lengthen the warm-up");
    }
}
