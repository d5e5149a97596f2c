package org.jelectra.finetune;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jelectra.backend.ComputedBy;
import org.jelectra.io.Interruption;
import org.jelectra.pretrain.plot.Curve;
import org.jelectra.pretrain.plot.Curves;

/** Writes the log, the curves and the snapshots of one seed's run. */
final class SeedRecorder implements FineTuneListener, AutoCloseable {

    private final FineTunePlan plan;
    private final Path folder;
    private final FineTuner tuner;
    private final JsonObject identity;
    private final FineTuneRunListener listener;
    private final Interruption interruption;
    private final BestWeights best;
    private final long seed;
    private final ReportLog log;
    private long lastSnapshot = System.nanoTime();
    private long nextDrawing = System.nanoTime() + Curves.pause(0);
    /** The latest evaluation that the curves on the disk do not show; null where they show all. */
    private Evaluation undrawn;

    /**
     * @param interruption ends the run as the listener does
     * @param best follows the evaluations; null where the last weights are kept
     */
    SeedRecorder(
            FineTunePlan plan,
            Path folder,
            FineTuner tuner,
            JsonObject identity,
            FineTuneRunListener listener,
            Interruption interruption,
            BestWeights best)
            throws IOException {
        this.plan = plan;
        this.folder = folder;
        this.tuner = tuner;
        this.identity = identity;
        this.listener = listener;
        this.interruption = interruption;
        this.best = best;
        this.seed = tuner.settings().seed();
        this.log = new ReportLog(folder, tuner.firstStep());
    }

    @Override
    public void onReport(StepReport report) throws IOException {
        interruption.noted(); // files are written
        log.add(report);
        listener.onReport(seed, report);
        if (report.evaluation() != null) {
            if (best != null) {
                best.offer(report.step(), report.evaluation().value());
            }
            undrawn = report.evaluation();
            if (System.nanoTime() - nextDrawing >= 0) {
                draw();
            }
        }
    }

    @Override
    public boolean onStep(int step) throws IOException {
        interruption.noted();
        listener.onStep(seed, step);
        double minutes = (System.nanoTime() - lastSnapshot) / 60e9;
        if (plan.snapshotMinutes() > 0 && minutes >= plan.snapshotMinutes()) {
            writeSnapshot();
        }
        return !interruption.noted() && !listener.isInterrupted();
    }

    /** Writes the run as it stands, after all that its log has of it. */
    void writeSnapshot() throws IOException {
        log.force();
        RunSnapshot.write(folder.resolve(RunSnapshot.FILE_NAME), tuner, identity, best);
        lastSnapshot = System.nanoTime();
    }

    /**
     * What came of the seed; measures the model again where the log does not tell of the last step. Where the best weights are kept and
     * are others than the last, the model has them afterwards.
     */
    SeedResult result(String directory, FineTuningTask task, ComputedBy computedBy) {
        Evaluation last = evaluationAt(tuner.steps()).orElseGet(task::evaluate);
        SeedResult result = SeedResult.of(
                seed,
                directory,
                last,
                log.reports(),
                tuner.steps(),
                tuner.state().elapsedSeconds(),
                computedBy);
        if (best == null || !best.isBetterThan(last.value())) {
            return result;
        }
        best.restore();
        return result.keeping(evaluationAt(best.step()).orElseGet(task::evaluate), best.step());
    }

    private Optional<Evaluation> evaluationAt(int step) {
        return log.reports().stream()
                .filter(report -> report.step() == step && report.evaluation() != null)
                .findFirst()
                .map(StepReport::evaluation);
    }

    @Override
    public void close() throws IOException {
        try (log) {
            if (undrawn != null) {
                draw();
            }
        }
    }

    private void draw() {
        long began = System.nanoTime();
        List<Curve> curves = new ArrayList<>();
        curves.add(curve("Training loss", "per example", "training", StepReport::loss));
        curves.add(curve("Gradient norm before clipping", "norm", "training", StepReport::gradientNorm));
        curves.add(curve("Learning rate", "thousandths", "training", report -> 1000 * report.learningRate()));
        for (String name : undrawn.values().keySet()) {
            curves.add(curve(
                    "Development set: " + name.replace('_', ' '),
                    name.startsWith("loss") || name.startsWith("mean") ? "value" : "fraction",
                    "development",
                    report -> report.evaluation() == null
                            ? Double.NaN
                            : report.evaluation().values().getOrDefault(name, Double.NaN)));
        }
        String title = "jelectra " + plan.task() + ", seed " + seed
                + (plan.weights() == InitialWeights.RANDOM ? ", random weights" : "");
        Curves.draw(folder, title, curves, Curves.FILE_NAME);
        undrawn = null;
        long now = System.nanoTime();
        nextDrawing = now + Curves.pause(now - began);
    }

    private Curve curve(String panel, String unit, String name, ToDoubleFunction<StepReport> value) {
        List<StepReport> reports = log.reports();
        return new Curve(
                panel,
                unit,
                name,
                reports.stream().mapToDouble(StepReport::step).toArray(),
                reports.stream().mapToDouble(value).toArray());
    }
}
