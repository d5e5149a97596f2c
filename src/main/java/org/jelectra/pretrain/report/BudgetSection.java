package org.jelectra.pretrain.report;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jelectra.io.MarkdownTable;
import org.jelectra.pretrain.bench.OperationTime;
import org.jelectra.pretrain.plot.Bars;

/** Where the time of a step of preset small goes, by operation, as Markdown and as bars. */
final class BudgetSection {

    private static final String PART = "small-bf16";

    private final BenchResults results;
    private final JsonObject measured;
    private final Map<String, OperationTime> budget = new LinkedHashMap<>();

    BudgetSection(BenchResults results) throws IOException {
        this.results = results;
        measured = results.measurement("bench-" + PART + ".json").orElse(null);
        if (measured == null || !measured.has("operations")) {
            return;
        }
        Map<String, OperationTime> sums = new LinkedHashMap<>();
        Gson gson = new Gson();
        for (JsonElement row : measured.getAsJsonArray("operations")) {
            OperationTime time = gson.fromJson(row, OperationTime.class);
            sums.merge(time.operation(), time, BudgetSection::sum);
        }
        List<OperationTime> sorted = new ArrayList<>(sums.values());
        sorted.sort(Comparator.comparingDouble(OperationTime::milliseconds).reversed());
        sorted.forEach(time -> budget.put(time.operation(), time));
    }

    private static OperationTime sum(OperationTime a, OperationTime b) {
        return new OperationTime(a.operation(), "", a.count() + b.count(), a.milliseconds() + b.milliseconds());
    }

    /** Draws the bars into the folder, and gives the table. */
    String write(Path folder) throws IOException {
        String head = "## Budget of a step\n\n";
        if (budget.isEmpty()) {
            return head + results.missing(PART) + "\n";
        }
        double whole = measured.get("operations_ms").getAsDouble();
        MarkdownTable table = new MarkdownTable("operation", "count", "ms", "share");
        for (OperationTime time : budget.values()) {
            table.row(
                    time.operation(),
                    String.valueOf(time.count()),
                    String.format(Locale.ROOT, "%.3f", time.milliseconds()),
                    String.format(Locale.ROOT, "%.1f %%", 100 * time.milliseconds() / whole));
        }
        return head
                + String.format(
                        Locale.ROOT,
                        "One operation at a time, each with its launch and a wait, which alone takes %.4f ms: %.3f ms together; the"
                                + " whole step takes %.3f ms.\n\n",
                        measured.get("wait_ms").getAsDouble(),
                        whole,
                        measured.get("p50_ms").getAsDouble())
                + table
                + "\n"
                + ResultsReport.picture("budget of a step", draw(folder));
    }

    private Optional<Path> draw(Path folder) throws IOException {
        Map<String, Double> bars = new LinkedHashMap<>();
        budget.forEach((name, time) -> bars.put(name, time.milliseconds()));
        return Bars.draw(folder.resolve("budget.png"), "Budget of a step of preset small", "ms", bars);
    }
}
