package org.jelectra.cli.measure;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.console.FlopsText;
import org.jelectra.electra.flops.PaperFlops;
import org.jelectra.electra.flops.StepFlops;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.bench.OperationTime;
import org.jelectra.pretrain.bench.Percentiles;

/** What {@code jelectra bench} has measured, for people and as JSON. */
final class BenchReport {

    private final BenchSubject subject;
    private final Percentiles milliseconds;
    private final double tokens;
    private final double flops;
    private final List<OperationTime> operations;
    private final double wait;
    private final double host;

    /**
     * @param times milliseconds of each step
     * @param host milliseconds of the host's work on a step; NaN where the host does the steps
     * @param operations of a step; none where these were not asked for
     * @param wait milliseconds that waiting alone takes within each operation's time
     */
    BenchReport(BenchSubject subject, double[] times, double host, List<OperationTime> operations, double wait) {
        PretrainSettings settings = subject.settings();
        this.subject = subject;
        this.milliseconds = new Percentiles(times);
        this.tokens = (double) settings.batchSize() * settings.sequenceLength();
        this.flops =
                StepFlops.training(settings.model(), settings.batchSize(), settings.sequenceLength(), settings.slots());
        this.operations = operations;
        this.wait = wait;
        this.host = host;
    }

    private double perSecond(double amount) {
        return amount / (milliseconds.at(50) / 1000);
    }

    private double trainingFlops() {
        PretrainSettings run = subject.settings();
        return PaperFlops.training(run.model(), run.batchSize(), run.sequenceLength(), run.steps());
    }

    private double sum() {
        return operations.stream().mapToDouble(OperationTime::milliseconds).sum();
    }

    void print(PrintStream out) {
        subject.print(out);
        out.printf(
                Locale.ROOT,
                "time      %.3f ms (p20 %.3f, p80 %.3f) of %d steps after %d%n",
                milliseconds.at(50),
                milliseconds.at(20),
                milliseconds.at(80),
                subject.steps(),
                subject.warmup());
        out.printf(
                Locale.ROOT,
                "speed     %.0f tokens/s, %.4f TFLOP/s (%.2f GFLOP a step in matrix products)%n",
                perSecond(tokens),
                perSecond(flops) / 1e12,
                flops / 1e9);
        out.printf(
                Locale.ROOT,
                "run       %s training FLOPs by the paper's count in the preset's %,d steps%n",
                FlopsText.of(trainingFlops(), 3),
                subject.settings().steps());
        if (!Double.isNaN(host)) {
            out.printf(Locale.ROOT, "host      %.3f ms of its time to begin a step%n", host);
        }
        if (!operations.isEmpty()) {
            printOperations(out);
        }
    }

    private void printOperations(PrintStream out) {
        int width = operations.stream()
                .mapToInt(time -> time.operation().length())
                .max()
                .orElse(0);
        out.println();
        out.printf(Locale.ROOT, "%-" + width + "s %6s %10s %7s  shapes%n", "operation", "count", "ms", "share");
        for (OperationTime time : operations) {
            String line = String.format(
                    Locale.ROOT,
                    "%-" + width + "s %6d %10.3f %6.1f%%  %s",
                    time.operation(),
                    time.count(),
                    time.milliseconds(),
                    100 * time.milliseconds() / sum(),
                    time.shapes());
            out.println(line.stripTrailing());
        }
        int count = operations.stream().mapToInt(OperationTime::count).sum();
        out.printf(Locale.ROOT, "%-" + width + "s %6d %10.3f %6.1f%%%n", "sum", count, sum(), 100.0);
        out.printf(
                Locale.ROOT,
                "each time contains the operation's launch and the wait for its end; a wait alone takes %.4f ms%n",
                wait);
    }

    JsonObject json() {
        JsonObject json = subject.json();
        json.addProperty("p20_ms", milliseconds.at(20));
        json.addProperty("p50_ms", milliseconds.at(50));
        json.addProperty("p80_ms", milliseconds.at(80));
        json.addProperty("tokens_per_s", perSecond(tokens));
        json.addProperty("flops_per_step", flops);
        json.addProperty("flops_per_s", perSecond(flops));
        json.addProperty("run_steps", subject.settings().steps());
        json.addProperty("run_training_flops", trainingFlops());
        if (!Double.isNaN(host)) {
            json.addProperty("host_ms", host);
        }
        if (!operations.isEmpty()) {
            JsonArray rows = new JsonArray();
            Gson gson = new Gson();
            operations.forEach(time -> rows.add(gson.toJsonTree(time)));
            json.add("operations", rows);
            json.addProperty("operations_ms", sum());
            json.addProperty("wait_ms", wait);
        }
        return json;
    }
}
