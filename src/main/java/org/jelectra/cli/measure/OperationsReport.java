package org.jelectra.cli.measure;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jelectra.pretrain.bench.DevicePeaks;
import org.jelectra.pretrain.bench.Percentiles;
import org.jelectra.pretrain.bench.TimedOperation;
import org.jelectra.tensor.Tensor;

/** What {@code jelectra bench --operations} has measured, for people and as JSON. */
final class OperationsReport {

    private final BenchSubject subject;
    private final DevicePeaks peaks;
    private final long evictedBytes;
    private final List<TimedOperation> operations;

    /** @param evictedBytes written before each cold run */
    OperationsReport(BenchSubject subject, DevicePeaks peaks, long evictedBytes, List<TimedOperation> operations) {
        this.subject = subject;
        this.peaks = peaks;
        this.evictedBytes = evictedBytes;
        this.operations = operations;
    }

    /** Percent of the peak that the operation reaches, cold; NaN where the peak is not known. */
    private double percentOfFloor(TimedOperation operation) {
        return 100 * peaks.floorMicroseconds(operation) / operation.cold().at(50);
    }

    void print(PrintStream out) {
        subject.print(out);
        int width =
                operations.stream().mapToInt(time -> time.name().length()).max().orElse(0);
        out.println();
        out.printf(
                Locale.ROOT,
                "%-" + width + "s %10s %10s %10s %10s %9s %9s %7s  shapes%n",
                "operation",
                "cold us",
                "p20",
                "p80",
                "warm us",
                "GB/s",
                "TFLOP/s",
                "floor");
        for (TimedOperation time : operations) {
            out.printf(
                    Locale.ROOT,
                    "%-" + width + "s %10.2f %10.2f %10.2f %10.2f %9.1f %9.3f %7s  %s%n",
                    time.name(),
                    time.cold().at(50),
                    time.cold().at(20),
                    time.cold().at(80),
                    time.warm().at(50),
                    time.bytesPerSecond() / 1e9,
                    time.flopsPerSecond() / 1e12,
                    percent(percentOfFloor(time)),
                    time.shapes());
        }
        out.printf(
                Locale.ROOT,
                "medians of %d runs after %d; cold: %.0f MB were written before; warm: right after the same operation;"
                        + " GB/s, TFLOP/s and floor are of cold runs%n",
                subject.steps(),
                subject.warmup(),
                evictedBytes / 1e6);
    }

    private static String percent(double percent) {
        return Double.isNaN(percent) ? "-" : String.format(Locale.ROOT, "%.1f%%", percent);
    }

    JsonObject json() {
        JsonObject json = subject.json();
        json.addProperty("evicted_bytes", evictedBytes);
        known(json, "peak_bytes_per_s", peaks.bytesPerSecond());
        known(json, "peak_flops_per_s", peaks.flopsPerSecond());
        JsonArray rows = new JsonArray();
        operations.forEach(time -> rows.add(json(time)));
        json.add("operations", rows);
        return json;
    }

    private JsonObject json(TimedOperation time) {
        JsonObject row = new JsonObject();
        row.addProperty("operation", time.name());
        row.addProperty("shapes", time.shapes());
        JsonArray operands = new JsonArray();
        time.operands().forEach(operand -> operands.add(json(operand)));
        row.add("operands", operands);
        row.addProperty("bytes", time.bytes());
        row.addProperty("flops", time.flops());
        row.add("cold_us", json(time.cold()));
        row.add("warm_us", json(time.warm()));
        row.addProperty("bytes_per_s", time.bytesPerSecond());
        row.addProperty("flops_per_s", time.flopsPerSecond());
        known(row, "percent_of_floor", percentOfFloor(time));
        return row;
    }

    private static JsonObject json(Tensor operand) {
        JsonObject json = new JsonObject();
        json.addProperty("name", operand.name());
        json.addProperty("type", operand.dtype().name());
        JsonArray shape = new JsonArray();
        IntStream.of(operand.shape().toArray()).forEach(shape::add);
        json.add("shape", shape);
        return json;
    }

    private static JsonObject json(Percentiles times) {
        JsonObject json = new JsonObject();
        for (int percent : new int[] {20, 50, 80}) {
            json.addProperty("p" + percent, times.at(percent));
        }
        return json;
    }

    private static void known(JsonObject json, String name, double value) {
        if (!Double.isNaN(value)) {
            json.addProperty(name, value);
        }
    }
}
