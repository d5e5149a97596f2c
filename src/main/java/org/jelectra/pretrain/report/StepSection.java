package org.jelectra.pretrain.report;

import com.google.gson.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jelectra.io.MarkdownTable;

/** Times of whole steps, PyTorch's beside them, as Markdown. */
final class StepSection {

    private static final String[] PARTS = {
        "small-bf16", "small-bf16-compute-80", "small-float32", "base-bf16", "base-bf16-compute-80"
    };

    private final BenchResults results;

    StepSection(BenchResults results) {
        this.results = results;
    }

    String markdown() {
        MarkdownTable table = new MarkdownTable(
                "preset", "precision", "tokens", "ms", "p20", "p80", "host ms", "tokens/s", "TFLOP/s", "of bf16 peak");
        StringBuilder missing = new StringBuilder();
        for (String name : PARTS) {
            Optional<JsonObject> part = results.timed(name);
            part.ifPresent(facts -> table.row(row(facts)));
            if (part.isEmpty()) {
                missing.append(results.missing(name)).append('\n');
            }
        }
        // a table must not follow a text at once
        String gap = missing.length() == 0 ? "" : "\n";
        return "## Whole steps\n\n" + table + "\n" + missing + gap + pytorch();
    }

    private static String[] row(JsonObject part) {
        return new String[] {
            part.get("preset").getAsString(),
            part.get("precision").getAsString()
                    + (part.has("kernels") ? ", " + part.get("kernels").getAsString() : ""),
            part.get("batch").getAsInt() + " x " + part.get("sequence_length").getAsInt(),
            number("%.3f", part, "p50_ms", 1),
            number("%.3f", part, "p20_ms", 1),
            number("%.3f", part, "p80_ms", 1),
            part.has("host_ms") ? number("%.3f", part, "host_ms", 1) : "-",
            number("%.0f", part, "tokens_per_s", 1),
            number("%.2f", part, "flops_per_s", 1e-12),
            part.has("share_of_bf16_peak") ? number("%.1f %%", part, "share_of_bf16_peak", 100) : "-"
        };
    }

    private String pytorch() {
        Optional<JsonObject> part = results.part("pytorch");
        if (part.isEmpty()) {
            return results.missing("pytorch") + "\n";
        }
        MarkdownTable table = new MarkdownTable("PyTorch, the same step", "ms", "times jelectra's");
        double ours = part.get().get("ours_ms").getAsDouble();
        Map<String, Double> runs = new TreeMap<>();
        part.get()
                .getAsJsonObject("median_ms")
                .entrySet()
                .forEach(run -> runs.put(run.getKey(), run.getValue().getAsDouble()));
        runs.forEach((name, time) -> table.row(
                name, String.format(Locale.ROOT, "%.3f", time), String.format(Locale.ROOT, "%.2f", time / ours)));
        String failed = part.get().has("failed_runs")
                ? "\nFailed in PyTorch: " + part.get().get("failed_runs") + "\n"
                : "";
        return table + failed;
    }

    private static String number(String format, JsonObject part, String name, double factor) {
        return String.format(Locale.ROOT, format, factor * part.get(name).getAsDouble());
    }
}
