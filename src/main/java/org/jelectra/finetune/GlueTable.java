package org.jelectra.finetune;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.metrics.Summary;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.io.MarkdownTable;
import org.jelectra.io.Release;

/**
 * A model's results on GLUE's development sets beside published ones, in percent. The model's row shows the median over the
 * seeds, as the paper's figures do; an average is shown only where all eight tasks of the published averages were run.
 */
public final class GlueTable {

    /** Names of the files in the run's directory. */
    public static final String MARKDOWN = "glue.md";
    /** The same as JSON. */
    public static final String JSON = "glue.json";

    private static final String TASKS = "tasks";

    /** Columns of the table that hold text. */
    private static final int TEXTS = 3;

    private record Result(
            String metric,
            Summary summary,
            long degenerate,
            int diverged,
            Set<String> computedBy,
            JsonObject settings) {}

    private final String model;
    private final SequenceHead head;
    private final boolean keepsBest;
    private final Map<String, Result> results = new LinkedHashMap<>();
    private final OtherSettings others = new OtherSettings();

    /**
     * An empty table.
     *
     * @param model the directory of the model
     * @param head of the models of all tasks
     * @param keepsBest whether its results are those of the weights that did best on the development set, which flatters them
     */
    public GlueTable(String model, SequenceHead head, boolean keepsBest) {
        this.model = model;
        this.head = head;
        this.keepsBest = keepsBest;
    }

    /**
     * The tasks of the table in a directory; none where there is no table.
     *
     * @throws IOException if it cannot be read
     */
    public static Set<String> tasks(Path directory) throws IOException {
        Path file = directory.resolve(JSON);
        return Files.exists(file)
                ? new JsonFields(Json.read(file), file.toString())
                        .object(TASKS)
                        .object()
                        .keySet()
                : Set.of();
    }

    /**
     * Adds a task's results.
     *
     * @param seeds as many as of the other tasks, but for those that diverged
     * @param diverged how many those are
     * @param settings what determined them, as {@link RunResults#settings} has it
     */
    public void add(String task, List<SeedResult> seeds, int diverged, JsonObject settings) {
        Summary summary = Summary.of(
                seeds.stream().mapToDouble(seed -> seed.evaluation().value()).toArray());
        long degenerate =
                seeds.stream().filter(seed -> seed.evaluation().degenerate()).count();
        Set<String> computedBy = new LinkedHashSet<>();
        seeds.forEach(seed -> computedBy.add(seed.computedBy().toString()));
        results.put(
                task,
                new Result(seeds.get(0).evaluation().metric(), summary, degenerate, diverged, computedBy, settings));
        others.add(task, settings);
    }

    /** The average over the eight tasks in percent; NaN where one is missing. */
    public double average() {
        double sum = 0;
        for (String task : PublishedScores.tasks()) {
            sum += results.containsKey(task) ? 100 * results.get(task).summary.median() : Double.NaN;
        }
        return sum / PublishedScores.tasks().size();
    }

    /** The table for people. */
    public String markdown() {
        List<String> tasks = GlueTasks.all().stream().map(TaskSpec::name).toList();
        List<String> headings = new ArrayList<>(List.of("model", "set", "origin"));
        headings.addAll(tasks);
        headings.add("average");
        MarkdownTable table = new MarkdownTable(TEXTS, headings);
        List<String> own = new ArrayList<>();
        for (String task : tasks) {
            own.add(results.containsKey(task) ? cell(results.get(task)) : "-");
        }
        String name = keepsBest ? model + " (" + RunResults.kept(true) + ")" : model;
        int seeds = results.values().stream()
                .mapToInt(result -> result.summary.runs())
                .max()
                .orElse(0);
        String origin = seeds == 1 ? "measured here, 1 seed" : "measured here, median of " + seeds + " seeds";
        row(table, name, "development", origin, own, average());
        for (PublishedScores published : PublishedScores.ALL) {
            List<String> cells = new ArrayList<>();
            for (String task : tasks) {
                Double score = published.scores().get(task);
                cells.add(score == null ? "-" : number(score));
            }
            row(
                    table,
                    published.model(),
                    published.set(),
                    "published: " + published.source() + (published.verified() ? "" : " (not verified)"),
                    cells,
                    published.average());
        }
        StringBuilder text = new StringBuilder(table.toString());
        text.append(
                "\nPercent: Matthews correlation for CoLA, Spearman correlation for STS-B, accuracy for the others (MNLI:");
        text.append(
                " matched). After ± the standard deviation over the seeds; (n degenerate): runs whose predictions are all the same, or nearly;");
        text.append(" (n diverged): further runs, which have no model and do not count here;");
        text.append(" undefined in n of m: of so many runs the metric has no value, so that there is no median.");
        text.append(" The average is over the eight tasks without WNLI. Head of what was measured here: ");
        text.append(
                head == SequenceHead.LINEAR
                        ? "linear, as that of ELECTRA's published results."
                        : "HuggingFace's two layers; ELECTRA's published results were made with one (--head linear).");
        return text.append(others.text()).append('\n').toString();
    }

    private static void row(
            MarkdownTable table, String model, String set, String origin, List<String> cells, double average) {
        List<String> row = new ArrayList<>(List.of(model, set, origin));
        row.addAll(cells);
        row.add(Double.isNaN(average) ? "-" : number(average));
        table.row(row);
    }

    private static String cell(Result result) {
        Summary summary = result.summary;
        String cell = summary.undefined() > 0
                ? "undefined in " + summary.undefined() + " of " + summary.runs()
                : number(100 * summary.median());
        if (!Double.isNaN(summary.standardDeviation())) {
            cell += " ± " + number(100 * summary.standardDeviation());
        }
        cell += result.degenerate == 0 ? "" : " (" + result.degenerate + " degenerate)";
        return result.diverged == 0 ? cell : cell + " (" + result.diverged + " diverged)";
    }

    private static String number(double percent) {
        return String.format(Locale.ROOT, "%.1f", percent);
    }

    /** Writes both files. */
    public void write(Path directory) throws IOException {
        AtomicFile.write(directory.resolve(MARKDOWN), markdown());
        JsonObject json = new JsonObject();
        json.addProperty(RunResults.VERSION, Release.version());
        json.addProperty("model", model);
        // of every task the same: a run goes on only with its weights
        results.values().stream()
                .map(result -> result.settings.get(RunIdentity.WEIGHTS))
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(hash -> json.add(RunIdentity.WEIGHTS, hash));
        json.addProperty("head", head.label());
        json.addProperty(RunResults.KEPT, RunResults.kept(keepsBest));
        JsonObject tasks = new JsonObject();
        results.forEach((task, result) -> {
            JsonObject values = new JsonObject();
            values.addProperty("metric", result.metric);
            result.summary.addTo(values);
            values.addProperty("degenerate_runs", result.degenerate);
            values.addProperty("diverged_runs", result.diverged);
            JsonArray computedBy = new JsonArray();
            result.computedBy.forEach(computedBy::add);
            values.add("computed_by", computedBy);
            values.add("settings", result.settings);
            tasks.add(task, values);
        });
        json.add(TASKS, tasks);
        json.add("average", Json.number(average() / 100));
        JsonArray published = new JsonArray();
        for (PublishedScores row : PublishedScores.ALL) {
            JsonObject other = new JsonObject();
            other.addProperty("model", row.model());
            other.addProperty("set", row.set());
            other.addProperty("published", row.source());
            other.addProperty("verified", row.verified());
            JsonObject scores = new JsonObject();
            row.scores().forEach((task, score) -> scores.addProperty(task, score));
            other.add("percent", scores);
            other.addProperty("average_percent", row.average());
            published.add(other);
        }
        json.add("published", published);
        Json.write(directory.resolve(JSON), json);
    }
}
