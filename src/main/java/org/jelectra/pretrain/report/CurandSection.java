package org.jelectra.pretrain.report;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jelectra.io.MarkdownTable;

/** The operations that draw random numbers beside cuRAND, which writes as many to memory, as Markdown. */
final class CurandSection {

    private static final String PART = "curand";

    private final BenchResults results;
    private final List<JsonObject> lines;

    CurandSection(BenchResults results) throws IOException {
        this.results = results;
        lines = results.lines("curand.jsonl");
    }

    String markdown() {
        String head = "## cuRAND\n\n";
        if (lines.isEmpty()) {
            return head + results.missing(PART) + "\n";
        }
        MarkdownTable table = new MarkdownTable(
                "operation", "shapes", "numbers", "ours us", "uniforms us", "normals us", "uniforms of ours");
        for (JsonObject line : lines) {
            table.row(
                    line.get("operation").getAsString(),
                    line.get("shapes").getAsString(),
                    line.get("numbers").getAsString(),
                    number(line.get("ours_us").getAsDouble()),
                    number(microseconds(line, "uniform")),
                    number(microseconds(line, "normal")),
                    number(line.get("uniforms_of_ours").getAsDouble()));
        }
        return head
                + "Medians, cold. cuRAND's Philox generator writes as many numbers to memory as the operation draws in its kernel; above"
                + " 1, these alone take longer than the whole operation.\n\n"
                + table;
    }

    private static double microseconds(JsonObject line, String numbers) {
        return line.getAsJsonObject(numbers)
                .getAsJsonObject("cold_us")
                .get("p50")
                .getAsDouble();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
