package org.jelectra.cli.finetune;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jelectra.cli.console.Durations;
import org.jelectra.cli.console.Interruption;
import org.jelectra.cli.console.Silence;
import org.jelectra.cli.console.SlowRunWarning;
import org.jelectra.cli.console.Terminal;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.finetune.FineTunePlan;
import org.jelectra.finetune.FineTuneRunListener;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.InitialWeights;
import org.jelectra.finetune.RunResults;
import org.jelectra.finetune.SeedResult;
import org.jelectra.finetune.StepReport;
import org.jelectra.finetune.metrics.Summary;

/** Shows a fine-tuning run: a progress line, evaluations, results. */
final class FineTuneProgress implements FineTuneRunListener {

    private static final long LOG_INTERVAL = 10_000_000_000L;
    /** The first steps record and compile: their time says nothing of the rest. */
    private static final long ETA_DELAY = 10_000_000_000L;

    private final PrintStream out;
    private final Terminal terminal;
    private final Interruption interruption;
    private final SlowRunWarning slow;
    private final LongSupplier nanoTime;
    /** Seeds that are not done. */
    private int seeds;

    private int firstStep;
    private int steps;
    private long began;
    private Silence silence;
    /** What was reported last of the seed, behind the remaining time; null before the first report. */
    private String latest;

    private long shown;
    private boolean lineOpen;
    private boolean told;

    /**
     * Progress of a run that is to begin.
     *
     * @param seeds of the whole run
     * @param onCpuUnasked whether the processor computes only because no GPU can
     */
    FineTuneProgress(
            PrintStream out,
            Terminal terminal,
            Interruption interruption,
            int seeds,
            BooleanSupplier onCpuUnasked,
            LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.interruption = interruption;
        this.seeds = seeds;
        this.nanoTime = nanoTime;
        slow = new SlowRunWarning(
                onCpuUnasked, "a smaller model, fewer --epochs, fewer --seeds, a shorter --max-length, --freeze");
    }

    void begin(FineTunePlan plan, String data) {
        out.println(data);
        int parts = plan.settings().microBatches();
        out.printf(
                Locale.ROOT,
                "%s; learning rate %.3g, layer decay %s, dropout %s, %s epochs, batch %d%s, up to %d tokens, loss %s%n",
                plan.weights() == InitialWeights.RANDOM ? "random weights" : "weights of " + plan.modelFolder(),
                plan.settings().learningRate(),
                plan.settings().layerDecay(),
                plan.config().hiddenDropout(),
                plan.settings().epochs(),
                plan.settings().batchSize(),
                parts == 1 ? "" : " in " + parts + " parts",
                plan.settings().maxLength(),
                plan.settings().reduction().name().toLowerCase(Locale.ROOT));
        out.println(rates(plan.settings(), plan.config().layers()));
    }

    /** The nominal rate of every group, from the top down. */
    private static String rates(FineTuneSettings settings, int layers) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "learning rates: head %.3g; layers %d to 1:", settings.learningRate(), layers));
        int firstTrained = settings.frozenLayers() == null ? EncoderWithHead.EMBEDDINGS : settings.frozenLayers();
        for (int layer = layers - 1; layer >= EncoderWithHead.EMBEDDINGS; layer--) {
            double factor = EncoderWithHead.layerwiseRate(
                    layers, layer, settings.layerDecay(), settings.layerDecayCompatible());
            text.append(layer == EncoderWithHead.EMBEDDINGS ? "; embeddings" : "")
                    .append(
                            layer < firstTrained
                                    ? " frozen"
                                    : String.format(Locale.ROOT, " %.3g", settings.learningRate() * factor));
        }
        return text.toString();
    }

    @Override
    public void onSeed(long seed, EncoderFiles.Report weights, int step, int seedSteps) {
        if (weights != null && !told) {
            out.printf(
                    Locale.ROOT,
                    "loaded %d tensors; new: %d of the head; left out: %s%n",
                    weights.loaded().size(),
                    weights.initialized().size(),
                    weights.unused().isEmpty() ? "none" : String.join(", ", weights.unused()));
            told = true;
        }
        out.printf(Locale.ROOT, "seed %d: %,d steps%s%n", seed, seedSteps, step > 0 ? ", from step " + step : "");
        firstStep = step;
        steps = seedSteps;
        began = nanoTime.getAsLong();
        silence = new Silence(terminal.interactive(), began);
        latest = null;
        shown = 0;
    }

    @Override
    public void onWarning(String warning) {
        endLine();
        out.println("warning: " + warning);
    }

    @Override
    public void onStep(long seed, int step) {
        long now = nanoTime.getAsLong();
        double perStep = perStep(step, now);
        if (silence.isLong(now)) {
            boolean kept = terminal.interactive() && latest != null;
            show(position(step, now) + (kept ? latest : "  " + Silence.speed(perStep)));
            out.flush();
            silence.end(now);
        }
        double rest = steps - step + (double) (seeds - 1) * steps;
        slow.after(step - firstStep, (now - began) * 1e-9, rest).ifPresent(this::onWarning);
    }

    private double perStep(int step, long now) {
        return (now - began) * 1e-9 / Math.max(1, step - firstStep);
    }

    private String position(int step, long now) {
        return String.format(
                Locale.ROOT,
                "step %,d/%,d  %d %%  ETA %s",
                step,
                steps,
                100L * step / steps,
                now - began < ETA_DELAY ? "?" : Durations.text(perStep(step, now) * (steps - step)));
    }

    private void show(String line) {
        if (terminal.interactive()) {
            out.print("\r" + line.substring(0, Math.min(line.length(), Math.max(0, terminal.columns() - 1)))
                    + "\u001b[K");
            lineOpen = true;
        } else {
            out.println(line);
        }
    }

    @Override
    public void onReport(long seed, StepReport report) {
        long now = nanoTime.getAsLong();
        silence.end(now);
        latest = String.format(Locale.ROOT, "  %,.0f tokens/s  loss %.3f", report.tokensPerSecond(), report.loss());
        if (terminal.interactive() || shown == 0 || now - shown >= LOG_INTERVAL) {
            show(position(report.step(), now) + latest);
            shown = now;
        }
        if (report.evaluation() != null) {
            endLine();
            StringBuilder text =
                    new StringBuilder(String.format(Locale.ROOT, "  development set, epoch %.2f:", report.epoch()));
            report.evaluation()
                    .values()
                    .forEach((name, value) -> text.append(String.format(Locale.ROOT, "  %s %.4f", name, value)));
            out.println(text);
        }
        out.flush();
    }

    @Override
    public void onResult(SeedResult result) {
        endLine();
        seeds--;
        out.printf(
                Locale.ROOT,
                "seed %d: %s %s%s after %s%s%n",
                result.seed(),
                result.evaluation().metric(),
                Double.isNaN(result.evaluation().value())
                        ? "has no value"
                        : String.format(Locale.ROOT, "%.4f", result.evaluation().value()),
                result.keptStep() < result.steps()
                        ? String.format(
                                Locale.ROOT, " of step %,d, the best on the development set,", result.keptStep())
                        : "",
                Durations.text(result.seconds()),
                result.evaluation().degenerate() ? "  DEGENERATE: all predictions are the same, or nearly" : "");
    }

    @Override
    public void onDivergence(long seed, String reason) {
        endLine();
        seeds--;
        out.printf(Locale.ROOT, "seed %d diverged: %s%n", seed, reason);
    }

    @Override
    public boolean isInterrupted() {
        return interruption.isRequested();
    }

    void end(RunResults results, Path output) {
        Summary summary = results.summary();
        if (!results.divergedSeeds().isEmpty()) {
            out.printf(Locale.ROOT, "without the seeds that diverged: %s%n", list(results.divergedSeeds()));
        }
        if (summary.runs() > 1 && summary.undefined() > 0) {
            out.printf(
                    Locale.ROOT,
                    "%d runs: no mean, median or best, as %s has no value in %d of them (seed %s)%n",
                    summary.runs(),
                    results.metric(),
                    summary.undefined(),
                    list(results.undefinedSeeds()));
        } else if (summary.runs() > 1) {
            out.printf(
                    Locale.ROOT,
                    "%d runs: mean %.4f, median %.4f, standard deviation %.4f, best %.4f%n",
                    summary.runs(),
                    summary.mean(),
                    summary.median(),
                    summary.standardDeviation(),
                    summary.best());
        }
        out.println("results in " + output.resolve(RunResults.FILE_NAME));
    }

    private static String list(List<Long> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private void endLine() {
        if (lineOpen) {
            out.println();
            lineOpen = false;
        }
    }
}
