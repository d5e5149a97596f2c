package org.jelectra.cli.console;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.StepMetrics;

/**
 * Shows how training goes: on a terminal one line that is rewritten in place, elsewhere a line every few seconds. Where metrics are
 * further apart, {@linkplain Silence lines} in between have the step, the remaining time and the speed. The remaining time follows from a
 * smoothed rate, so that a pause (an evaluation, a busy machine) does not upset it.
 */
public final class ProgressLine {

    private static final long SECOND = 1_000_000_000L;
    /** A terminal line changes at most ten times a second: more cannot be read and costs time. */
    private static final long INTERACTIVE_INTERVAL = SECOND / 10;

    private static final long LOG_INTERVAL = 5 * SECOND;
    /** The rate forgets what is older than about this many seconds: several evaluations fit in. */
    private static final double SMOOTHING_SECONDS = 30;

    private final PrintStream out;
    private final int columns;
    private final long totalSteps;
    private final double discriminatorWeight;
    private final LongSupplier nanoTime;
    private final Silence silence;
    private final long firstStep;
    private final long began;
    private long lastStep;
    private long lastStepTime;
    // steps and the seconds they took, the older ones fading
    private double recentSteps;
    private double recentSeconds;
    private long lastShown;
    private boolean shown;
    private boolean lineOpen;
    /** What the last metrics were, behind the remaining time; null before the first. */
    private String latest;

    /**
     * Progress of a run.
     *
     * @param out where the lines go
     * @param columns width of the terminal; 0 where {@code out} is none
     * @param firstStep steps done already
     * @param totalSteps step at which the run ends
     * @param discriminatorWeight factor of the main network's loss within the total
     */
    public ProgressLine(PrintStream out, int columns, long firstStep, long totalSteps, double discriminatorWeight) {
        this(out, columns, firstStep, totalSteps, discriminatorWeight, System::nanoTime);
    }

    public ProgressLine(
            PrintStream out,
            int columns,
            long firstStep,
            long totalSteps,
            double discriminatorWeight,
            LongSupplier nanoTime) {
        this.out = out;
        this.columns = columns;
        this.totalSteps = totalSteps;
        this.discriminatorWeight = discriminatorWeight;
        this.nanoTime = nanoTime;
        this.firstStep = firstStep;
        began = nanoTime.getAsLong();
        silence = new Silence(columns > 0, began);
        lastStep = firstStep;
        lastStepTime = began;
    }

    /**
     * A step has begun, and the one before has ended: counts it, and shows how far the run is where nothing was heard of it for a while.
     * A line that is rewritten keeps the latest metrics.
     *
     * @param step steps begun so far
     */
    public void step(long step) {
        long now = nanoTime.getAsLong();
        measure(step, now);
        // the first step, which compiles, tells no speed
        if (step > firstStep + 1 && silence.isLong(now)) {
            boolean kept = columns > 0 && latest != null;
            show(position(step) + (kept ? latest : "  " + Silence.speed(recentSeconds / recentSteps)));
            silence.end(now);
        }
    }

    /** The warning of a run that takes too long, where that is known and it was not given yet. */
    public Optional<String> tooLong(SlowRunWarning warning) {
        return warning.after(lastStep - firstStep, (lastStepTime - began) / (double) SECOND, totalSteps - lastStep);
    }

    /** Shows the metrics of a step, unless the last ones were shown just now; the final step is always shown. */
    public void update(StepMetrics metrics) {
        long now = nanoTime.getAsLong();
        measure(metrics.step(), now);
        silence.end(now);
        latest = values(metrics);
        boolean due = now - lastShown >= (columns > 0 ? INTERACTIVE_INTERVAL : LOG_INTERVAL);
        if (shown && !due && metrics.step() < totalSteps) {
            return;
        }
        show(position(metrics.step()) + latest);
        lastShown = now;
        shown = true;
    }

    /** Prints a message on a line of its own; progress goes on below. */
    public void message(String text) {
        close();
        out.println(text);
        out.flush();
    }

    /** Ends the progress line; what is printed next begins on a new one. */
    public void close() {
        if (lineOpen) {
            out.println();
            out.flush();
            lineOpen = false;
        }
    }

    private void measure(long step, long now) {
        if (step > lastStep) {
            double seconds = (now - lastStepTime) / (double) SECOND;
            double keep = Math.exp(-seconds / SMOOTHING_SECONDS);
            recentSteps = keep * recentSteps + (step - lastStep);
            recentSeconds = keep * recentSeconds + seconds;
            lastStep = step;
            lastStepTime = now;
        }
    }

    private void show(String line) {
        if (columns > 0) {
            // a line as wide as the terminal would wrap, and a wrapped one cannot be rewritten
            String fitting = line.length() < columns ? line : line.substring(0, Math.max(0, columns - 1));
            out.print("\r" + fitting + "\u001b[K");
            lineOpen = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    private double remainingSeconds(long step) {
        return recentSeconds / recentSteps * (totalSteps - step);
    }

    private String position(long step) {
        return String.format(
                Locale.ROOT,
                "step %,d/%,d  %d %%  ETA %s",
                step,
                totalSteps,
                100 * step / Math.max(1, totalSteps),
                Durations.text(remainingSeconds(step)));
    }

    private String values(StepMetrics metrics) {
        ModelMetrics training = metrics.training();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "  %,.0f tokens/s  loss %.2f", metrics.tokensPerSecond(), training.totalLoss()));
        if (!Double.isNaN(training.discriminatorLoss())) {
            text.append(String.format(
                    Locale.ROOT,
                    " = gen %.2f + %s x disc %.3f",
                    training.generatorLoss(),
                    number(discriminatorWeight),
                    training.discriminatorLoss()));
        }
        boolean predicts = !Double.isNaN(training.mainLoss());
        if (predicts) {
            text.append(String.format(
                    Locale.ROOT,
                    " = gen %.2f + %s x main %.3f",
                    training.generatorLoss(),
                    number(discriminatorWeight),
                    training.mainLoss()));
        }
        if (!Double.isNaN(training.generatorReward())) {
            text.append(String.format(Locale.ROOT, "  reward %.3f", training.generatorReward()));
        }
        text.append(String.format(Locale.ROOT, "  acc %.1f %%", 100 * training.generatorAccuracy()));
        if (predicts) {
            text.append(String.format(Locale.ROOT, "  main acc %.1f %%", 100 * training.mainAccuracy()));
        }
        if (!Double.isNaN(training.discriminatorAuc())) {
            text.append(String.format(Locale.ROOT, "  AUC %.2f", training.discriminatorAuc()));
        }
        return text.toString();
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
