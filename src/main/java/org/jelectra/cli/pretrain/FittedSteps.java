package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import org.jelectra.backend.Backend;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.Rehearsal;

/** {@code --fit-hours}: the number of steps that hours hold on this machine, which are rehearsed before the run begins. */
final class FittedSteps {

    /** The rest is for snapshots and pictures, and for a machine that becomes slower. */
    private static final double FOR_STEPS_AND_EVALUATIONS = 0.95;
    /** Seconds that are timed where the hours are enough. */
    private static final double SECONDS = 10;
    /** Of the hours, where these are few. */
    private static final double LARGEST_SHARE = 0.01;

    private FittedSteps() {}

    /**
     * Rehearses a run and prints what it found.
     *
     * @param backend a backend of its own, that no model of the run shares
     * @param settings of the run, but for its length
     * @throws IllegalArgumentException if the hours hold no step
     */
    static int find(
            PrintStream out, Backend backend, TrainingOptions training, PretrainSettings settings, TrainingText text)
            throws IOException {
        double seconds = 3600 * training.fitHours();
        out.println("rehearsing some steps for --fit-hours");
        Rehearsal rehearsal = Rehearsal.of(
                backend, settings, text.packed(), text.vocabulary(), Math.min(SECONDS, LARGEST_SHARE * seconds));
        int steps = rehearsal.stepsIn(
                FOR_STEPS_AND_EVALUATIONS * seconds, length -> training.evaluateEvery(settings, length));
        if (steps < 1) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "--fit-hours must hold a step and an evaluation, which take %.3g and %.3g seconds; got %s hours",
                    rehearsal.stepSeconds(),
                    rehearsal.evaluationSeconds(),
                    training.fitHours()));
        }
        out.printf(
                Locale.ROOT,
                "%,d steps fit into %s hours: %.4g ms each in the mean of %,d, %.3g s an evaluation, 5 %% left for snapshots%n",
                steps,
                training.fitHours(),
                1e3 * rehearsal.stepSeconds(),
                rehearsal.steps(),
                rehearsal.evaluationSeconds());
        return steps;
    }
}
