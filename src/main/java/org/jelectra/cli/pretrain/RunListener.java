package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongUnaryOperator;
import org.jelectra.cli.console.Interruption;
import org.jelectra.cli.console.ProgressLine;
import org.jelectra.cli.console.SlowRunWarning;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.PretrainListener;
import org.jelectra.pretrain.StepMetrics;
import org.jelectra.pretrain.plot.Curves;

/** Writes a run's metrics, shows its progress and draws its curves after evaluations. */
final class RunListener implements PretrainListener, AutoCloseable {

    private final Path directory;
    private final String title;
    private final MetricsLog log;
    private final ProgressLine progress;
    private final Interruption interruption;
    private final SlowRunWarning slow;
    private final LongUnaryOperator pause;
    private final List<StepMetrics> steps = new ArrayList<>();
    /** How many of the steps the picture shows. */
    private int drawn;

    private long nextDrawing;

    /**
     * @param earlier what the run logged before it was interrupted
     * @param pause gives, for the nanoseconds that a drawing took, the least until the next one; 0 before and after the first
     */
    RunListener(
            Path directory,
            String title,
            List<StepMetrics> earlier,
            ProgressLine progress,
            Interruption interruption,
            SlowRunWarning slow,
            LongUnaryOperator pause)
            throws IOException {
        this.directory = directory;
        this.steps.addAll(earlier);
        this.title = title;
        this.progress = progress;
        this.interruption = interruption;
        this.slow = slow;
        this.pause = pause;
        nextDrawing = System.nanoTime() + pause.applyAsLong(0);
        this.log = MetricsLog.append(directory);
    }

    /** The run's metrics on the disk. */
    MetricsLog log() {
        return log;
    }

    @Override
    public boolean endsAfter(int step) {
        return interruption.isRequested();
    }

    @Override
    public void onWarning(String message) {
        progress.message("warning: " + message);
    }

    @Override
    public void onStep(int step) {
        progress.step(step);
        progress.tooLong(slow).ifPresent(this::onWarning);
    }

    @Override
    public void onMetrics(StepMetrics metrics) throws IOException {
        log.write(metrics);
        steps.add(metrics);
        if (metrics.step() > 0) {
            progress.update(metrics);
        }
        if (metrics.evaluation() != null) {
            progress.message(held(metrics.step(), metrics.evaluation()));
            if (metrics.step() > 0 && System.nanoTime() - nextDrawing >= 0) {
                curves();
            }
        }
    }

    /** What an evaluation after a step, or before the first one, has measured. */
    static String held(long step, ModelMetrics metrics) {
        String generator = String.format(
                Locale.ROOT,
                "  held-out, step %,d: generator loss %.2f, accuracy %.1f %%",
                step,
                metrics.generatorLoss(),
                100 * metrics.generatorAccuracy());
        return generator + main(metrics);
    }

    private static String main(ModelMetrics metrics) {
        if (!Double.isNaN(metrics.mainLoss())) {
            return String.format(
                    Locale.ROOT,
                    "; main network loss %.3f, accuracy %.1f %%",
                    metrics.mainLoss(),
                    100 * metrics.mainAccuracy());
        }
        if (Double.isNaN(metrics.discriminatorLoss())) {
            return "";
        }
        // there is none where all tokens that count were replaced, as at the beginning of electra-15, or none
        String auc = Double.isNaN(metrics.discriminatorAuc())
                ? ""
                : String.format(Locale.ROOT, " AUC %.3f,", metrics.discriminatorAuc());
        return String.format(
                Locale.ROOT,
                "; discriminator loss %.3f,%s finds %.0f %% of the replaced tokens",
                metrics.discriminatorLoss(),
                auc,
                100 * metrics.discriminatorRecall());
    }

    /** Draws the run so far, where the picture on the disk does not show it yet. */
    void curves() {
        if (steps.size() > drawn) {
            boolean first = drawn == 0; // loads fonts, and shows next to nothing
            long began = System.nanoTime();
            Curves.draw(directory, title, steps);
            drawn = steps.size();
            long now = System.nanoTime();
            nextDrawing = now + pause.applyAsLong(first ? 0 : now - began);
        }
    }

    /** What is printed next begins on a new line. */
    void endLine() {
        progress.close();
    }

    @Override
    public void close() throws IOException {
        endLine();
        log.close();
    }
}
