package org.jelectra.gpu.sim;

/** An instruction of each lane for itself that is given as a function. */
final class Custom extends Instruction {

    /** What it does. */
    @FunctionalInterface
    interface Body {

        /**
         * @param lanes the lanes that take part, at least one
         */
        void run(Warp warp, int lanes);
    }

    private final Body body;

    Custom(Body body) {
        this.body = body;
    }

    @Override
    void execute(Warp warp, int lanes) {
        body.run(warp, lanes);
    }
}
