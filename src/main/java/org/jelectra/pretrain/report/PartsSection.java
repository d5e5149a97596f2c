package org.jelectra.pretrain.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jelectra.io.MarkdownTable;

/** The parts of one of {@code tools/gpu}'s scripts with their facts, as Markdown. */
final class PartsSection {

    /** What has a column of its own, or says nothing about the outcome. */
    private static final Set<String> IN_COLUMNS =
            Set.of("part", "outcome", "status", "seconds", "limit_seconds", "kernels");

    private final String title;
    private final String tool;
    private final BenchResults results;

    /** @param tool the script, named where it has left nothing */
    PartsSection(String title, String tool, BenchResults results) {
        this.title = title;
        this.tool = tool;
        this.results = results;
    }

    String markdown() {
        String head = "## " + title + "\n\n";
        if (results.parts().isEmpty()) {
            return head + "Not there: the results of " + tool + ".\n";
        }
        MarkdownTable table = new MarkdownTable("part", "outcome", "seconds", "kernels", "facts");
        for (JsonObject part : results.parts()) {
            table.row(
                    part.get("part").getAsString(),
                    part.get("outcome").getAsString(),
                    String.format(Locale.ROOT, "%.1f", part.get("seconds").getAsDouble()),
                    part.has("kernels") ? part.get("kernels").getAsString() : "the device's own",
                    facts(part));
        }
        return head + table;
    }

    private static String facts(JsonObject part) {
        List<String> facts = new ArrayList<>();
        for (Map.Entry<String, JsonElement> fact : part.entrySet()) {
            if (!IN_COLUMNS.contains(fact.getKey())) {
                JsonElement value = fact.getValue();
                facts.add(fact.getKey() + " " + (value.isJsonPrimitive() ? value.getAsString() : value.toString()));
            }
        }
        return String.join("; ", facts);
    }
}
