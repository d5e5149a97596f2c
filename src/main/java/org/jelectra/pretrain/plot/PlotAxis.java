package org.jelectra.pretrain.plot;

/** What runs are laid out over in a plot. */
public enum PlotAxis {
    /** Optimiser steps. */
    STEP("step"),
    /** Tokens that the model has seen, padding included. */
    TOKENS("tokens, padding included"),
    /** Time since training began, that of interruptions not counted. */
    TIME("seconds of training");

    private final String title;

    PlotAxis(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Where a step of a run lies. */
    double place(PlottedRun run, PlottedRun.Step step) {
        return switch (this) {
            case STEP -> step.number();
            case TOKENS -> (double) step.number() * run.tokensPerStep();
            case TIME -> step.elapsedSeconds();
        };
    }
}
