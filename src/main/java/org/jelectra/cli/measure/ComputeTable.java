package org.jelectra.cli.measure;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.console.FlopsText;
import org.jelectra.electra.flops.CountedTraining;
import org.jelectra.electra.flops.PaperFlops;
import org.jelectra.electra.flops.PublishedModels;
import org.jelectra.io.Json;
import org.jelectra.io.MarkdownTable;

/** Trainings and what they cost: a Markdown table that is also one for the eye, or JSON. */
final class ComputeTable {

    private static final List<String> HEADINGS = List.of(
            "model",
            "preset",
            "parameters",
            "steps x batch x length",
            "training FLOPs",
            "printed",
            "x Small",
            "forward",
            "products",
            "GLUE dev",
            "GLUE test");

    private final List<ComputeRow> rows;
    private final List<String> sources = new ArrayList<>();

    ComputeTable(List<ComputeRow> rows) {
        this.rows = rows;
    }

    /** The table and what its columns mean. */
    String markdown() {
        MarkdownTable table = new MarkdownTable(1, HEADINGS);
        rows.forEach(row -> table.row(cells(row)));
        StringBuilder text = new StringBuilder(table.aligned());
        text.append(String.format(Locale.ROOT, """

                training FLOPs: by the conventions of the ELECTRA paper's script, where a backward pass counts as a forward pass and a
                lookup as a product with the table; printed: the same in the paper; x Small: as a multiple of ELECTRA-Small's; forward:
                of one sequence of %d tokens, counted the same way; products: what jelectra's steps do in matrix products, backward twice
                forward; parameters: of the network that is kept; GLUE: averages over the eight tasks without WNLI, in percent.
                - not known or not published; ? not verified
                """, PaperFlops.FORWARD_LENGTH));
        for (int i = 0; i < sources.size(); i++) {
            text.append('[').append(i + 1).append("] ").append(sources.get(i)).append('\n');
        }
        rows.stream()
                .filter(row -> !row.training().note().isEmpty())
                .forEach(row -> text.append(row.name())
                        .append(": ")
                        .append(row.training().note())
                        .append('\n'));
        return text.toString();
    }

    private List<String> cells(ComputeRow row) {
        CountedTraining training = row.training();
        return List.of(
                row.name(),
                training.preset() == null ? "-" : training.preset().label(),
                Double.isNaN(training.parameters())
                        ? "-"
                        : String.format(Locale.ROOT, "%.1fM", training.parameters() / 1e6),
                String.format(Locale.ROOT, "%,.0f x %d x %d", training.steps(), training.batch(), training.length()),
                FlopsText.of(training.trainingFlops(), 3),
                FlopsText.of(training.printedFlops(), 1),
                FlopsText.times(relative(row)),
                FlopsText.of(training.forwardFlops(), 2),
                FlopsText.of(training.matrixProducts(), 3),
                cell(row.development()),
                cell(row.test()));
    }

    private static double relative(ComputeRow row) {
        return row.training().trainingFlops() / PublishedModels.ELECTRA_SMALL.trainingFlops();
    }

    private String cell(ComputeRow.Score score) {
        if (score == null) {
            return "-";
        }
        if (!sources.contains(score.source())) {
            sources.add(score.source());
        }
        return String.format(
                Locale.ROOT,
                "%.1f%s%s [%d]",
                score.average(),
                Double.isNaN(score.deviation()) ? "" : String.format(Locale.ROOT, " (%.1f)", score.deviation()),
                score.verified() ? "" : "?",
                1 + sources.indexOf(score.source()));
    }

    /** All of it with every digit. */
    JsonObject json() {
        JsonArray models = new JsonArray();
        for (ComputeRow row : rows) {
            JsonObject model = new JsonObject();
            CountedTraining training = row.training();
            model.addProperty("name", row.name());
            model.addProperty("kind", row.kind().name().toLowerCase(Locale.ROOT));
            model.add(
                    "preset",
                    training.preset() == null
                            ? JsonNull.INSTANCE
                            : new JsonPrimitive(training.preset().label()));
            model.add("parameters", Json.number(training.parameters()));
            model.add("trained_parameters", Json.number(training.trained()));
            model.addProperty("steps", training.steps());
            model.addProperty("batch", training.batch());
            model.addProperty("sequence_length", training.length());
            model.addProperty("training_flops", training.trainingFlops());
            model.add("printed_training_flops", Json.number(training.printedFlops()));
            model.addProperty("relative_to_electra_small", relative(row));
            model.add("forward_flops", Json.number(training.forwardFlops()));
            model.add("matrix_product_flops", Json.number(training.matrixProducts()));
            model.add("glue_development", json(row.development()));
            model.add("glue_test", json(row.test()));
            model.addProperty("note", training.note());
            models.add(model);
        }
        JsonObject json = new JsonObject();
        json.addProperty("forward_length", PaperFlops.FORWARD_LENGTH);
        json.add("models", models);
        return json;
    }

    private static JsonElement json(ComputeRow.Score score) {
        if (score == null) {
            return JsonNull.INSTANCE;
        }
        JsonObject json = new JsonObject();
        json.addProperty("average", score.average());
        if (!Double.isNaN(score.deviation())) {
            json.addProperty("standard_deviation", score.deviation());
        }
        json.addProperty("source", score.source());
        json.addProperty("verified", score.verified());
        return json;
    }
}
