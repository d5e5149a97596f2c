package org.jelectra.pretrain.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jelectra.io.MarkdownTable;
import org.jelectra.pretrain.plot.Bars;

/** Every operation alone, with its floor and PyTorch's time, as Markdown; percent of the floor as bars. */
final class OperationsSection {

    private static final String PART = "operations";

    private final BenchResults results;
    private final List<JsonObject> operations = new ArrayList<>();
    private final Map<String, JsonObject> peers = new HashMap<>();

    OperationsSection(BenchResults results) throws IOException {
        this.results = results;
        results.measurement("bench-operations.json")
                .ifPresent(measured ->
                        measured.getAsJsonArray("operations").forEach(row -> operations.add(row.getAsJsonObject())));
        results.lines("pytorch-operations.jsonl").forEach(line -> peers.put(key(line), line));
    }

    private static String key(JsonObject row) {
        return row.get("operation").getAsString() + " " + row.get("shapes").getAsString();
    }

    /** Draws the bars into the folder, and gives the table. */
    String write(Path folder) throws IOException {
        String head = "## Operations\n\n";
        if (operations.isEmpty()) {
            return head + results.missing(PART) + "\n";
        }
        MarkdownTable table = new MarkdownTable(
                "operation",
                "shapes",
                "cold us",
                "p20",
                "p80",
                "warm us",
                "GB/s",
                "TFLOP/s",
                "of floor",
                "PyTorch us",
                "ratio");
        operations.forEach(row -> table.row(row(row, peers.get(key(row)))));
        return head
                + "Medians, cold but for one column. The floor is the time of the bytes that must be moved, or of the products, at the"
                + " peaks of the data sheet; the ratio is PyTorch's time over jelectra's.\n\n"
                + table
                + "\n"
                + notes(folder);
    }

    private static String[] row(JsonObject row, JsonObject peer) {
        JsonObject cold = row.getAsJsonObject("cold_us");
        boolean compared = peer != null && peer.has("ratio");
        return new String[] {
            row.get("operation").getAsString(),
            row.get("shapes").getAsString(),
            number("%.2f", cold.get("p50")),
            number("%.2f", cold.get("p20")),
            number("%.2f", cold.get("p80")),
            number("%.2f", row.getAsJsonObject("warm_us").get("p50")),
            String.format(Locale.ROOT, "%.0f", row.get("bytes_per_s").getAsDouble() / 1e9),
            String.format(Locale.ROOT, "%.2f", row.get("flops_per_s").getAsDouble() / 1e12),
            row.has("percent_of_floor") ? number("%.1f %%", row.get("percent_of_floor")) : "-",
            compared ? number("%.2f", peer.getAsJsonObject("cold_us").get("p50")) : "-",
            compared ? number("%.2f", peer.get("ratio")) : "-"
        };
    }

    private static String number(String format, JsonElement value) {
        return String.format(Locale.ROOT, format, value.getAsDouble());
    }

    /** What is not there, in words. */
    private String notes(Path folder) throws IOException {
        StringBuilder notes = new StringBuilder();
        Map<String, Double> floors = floors();
        if (floors.isEmpty()) {
            notes.append("No floors: the peaks of this device are not known.\n");
        } else {
            notes.append(ResultsReport.picture(
                    "percent of the floor",
                    Bars.draw(
                            folder.resolve("operations.png"),
                            "Percent of the floor, cold, each operation at its largest size",
                            "percent",
                            floors)));
        }
        if (peers.isEmpty()) {
            String reason = results.part(PART)
                    .filter(part -> part.has("no_peer"))
                    .map(part -> ": " + part.get("no_peer").getAsString())
                    .orElse("");
            notes.append("Not compared with PyTorch" + reason + ".\n");
        }
        peers.forEach((key, peer) -> {
            if (peer.has("error")) {
                notes.append(key + " failed in PyTorch: " + peer.get("error").getAsString() + "\n");
            }
        });
        return notes.toString();
    }

    /** Percent of the floor; of operations of one name that with the most bytes. */
    private Map<String, Double> floors() {
        Map<String, JsonObject> largest = new LinkedHashMap<>();
        for (JsonObject row : operations) {
            if (row.has("percent_of_floor")) {
                largest.merge(
                        row.get("operation").getAsString(),
                        row,
                        (a, b) -> a.get("bytes").getAsLong() >= b.get("bytes").getAsLong() ? a : b);
            }
        }
        Map<String, Double> floors = new LinkedHashMap<>();
        largest.forEach(
                (name, row) -> floors.put(name, row.get("percent_of_floor").getAsDouble()));
        return floors;
    }
}
