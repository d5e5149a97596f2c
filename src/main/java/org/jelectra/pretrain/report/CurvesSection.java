package org.jelectra.pretrain.report;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jelectra.io.Json;
import org.jelectra.io.MarkdownTable;
import org.jelectra.pretrain.plot.Curve;
import org.jelectra.pretrain.plot.Curves;

/** The same training in two precisions: losses at the end as Markdown, and over each other. */
final class CurvesSection {

    private static final String PART = "curves";
    private static final String[] LOSSES = {"generator_loss", "discriminator_loss"};

    private final BenchResults results;
    private final Optional<JsonObject> facts;

    CurvesSection(BenchResults results) {
        this.results = results;
        // also of runs that are too far apart, which are to be seen
        facts = results.facts(PART).filter(part -> part.has("run_1") && part.has("run_2"));
    }

    /** Draws the curves into the folder, and gives the table. */
    String write(Path folder) throws IOException {
        String head = "## Loss curves\n\n";
        if (facts.isEmpty()) {
            return head + results.missing(PART) + "\n";
        }
        MarkdownTable table = new MarkdownTable("precision", "seconds", "generator loss", "discriminator loss");
        for (String run : new String[] {"run_1", "run_2"}) {
            JsonObject row = facts.get().getAsJsonObject(run);
            table.row(
                    row.get("precision").getAsString(),
                    row.get("seconds").getAsString(),
                    row.get("generator_loss").getAsString(),
                    row.get("discriminator_loss").getAsString());
        }
        return head
                + String.format(
                        Locale.ROOT,
                        "%d of %d steps of preset %s, batches of %d, means of the last tenth; the largest relative difference is"
                                + " %s, at most %s is allowed.\n\n",
                        facts.get().get("steps").getAsInt(),
                        facts.get().get("of").getAsInt(),
                        facts.get().get("preset").getAsString(),
                        facts.get().get("batch").getAsInt(),
                        facts.get().get("largest_relative_difference").getAsString(),
                        facts.get().get("allowed").getAsString())
                + table
                + "\n"
                + ResultsReport.picture("loss curves", draw(folder));
    }

    private Optional<Path> draw(Path folder) throws IOException {
        List<Curve> curves = new ArrayList<>();
        for (String loss : LOSSES) {
            add(curves, loss, "first run", "run_1", "curve-first.jsonl");
            add(curves, loss, "second run", "run_2", "curve-second.jsonl");
        }
        return Curves.draw(folder, "Losses by precision", curves, "losses.png");
    }

    private void add(List<Curve> curves, String loss, String name, String run, String fileName) throws IOException {
        List<JsonObject> lines = results.lines(fileName).stream()
                .filter(line -> line.has("step"))
                .toList();
        String precision =
                facts.orElseThrow().getAsJsonObject(run).get("precision").getAsString();
        curves.add(new Curve(
                loss.replace('_', ' '),
                "",
                name + ", " + precision,
                lines.stream()
                        .mapToDouble(line -> line.get("step").getAsDouble())
                        .toArray(),
                lines.stream().mapToDouble(line -> Json.number(line, loss)).toArray()));
    }
}
