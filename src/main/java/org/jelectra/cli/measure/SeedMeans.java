package org.jelectra.cli.measure;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jelectra.cli.console.Counted;
import org.jelectra.electra.flops.CountedTraining;
import org.jelectra.finetune.metrics.Summary;
import org.jelectra.io.Json;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;

/** Runs that differ in the seed alone, and have a GLUE average: a row of their mean, as one seed of a pre-training says little. */
final class SeedMeans {

    /** By all that is the same in them; then by the seed, of which there may be several copies. */
    private final Map<List<Object>, TreeMap<Long, ComputeRow>> groups = new LinkedHashMap<>();

    /** Settings that change the result of a run by no more than rounding, and the seed. */
    private static final List<String> NOT_COUNTED =
            List.of("seed", "microBatches", "logEvery", "evaluateEvery", "evaluationSequences");

    /**
     * Adds a run with its row, which has an average. A model that was exported from a snapshot does not count, as it does not tell of its
     * text.
     *
     * @param conditions what its average was measured with
     * @throws IOException if the run's settings cannot be read
     */
    void add(Path directory, ComputeRow row, JsonObject conditions) throws IOException {
        Path file = directory.resolve(RunSoFar.SETTINGS);
        if (!Files.isRegularFile(file)) {
            return;
        }
        PretrainSettings settings = RunSoFar.settings(directory);
        JsonObject json = Json.read(file);
        if (!(json.get("text") instanceof JsonObject written)) {
            return; // of an older version
        }
        JsonObject text = written.deepCopy();
        if (new JsonPrimitive(false).equals(text.get("prepared"))) {
            List.of("packingSeed", "fingerprint").forEach(text::remove); // which follow the seed
        }
        JsonElement weights = json.get("options") instanceof JsonObject options ? options.get("--init-from") : null;
        JsonObject counted = new Gson().toJsonTree(settings).getAsJsonObject();
        NOT_COUNTED.forEach(counted::remove);
        // Arrays.asList, as there may be no weights
        List<Object> same =
                Arrays.asList(counted, row.training().steps(), json.get("precision"), text, weights, conditions);
        groups.computeIfAbsent(same, key -> new TreeMap<>()).putIfAbsent(settings.seed(), row);
    }

    /** A row for every two runs or more. */
    List<ComputeRow> rows() {
        List<ComputeRow> rows = new ArrayList<>();
        for (TreeMap<Long, ComputeRow> seeds : groups.values()) {
            if (seeds.size() > 1) {
                rows.add(mean(List.copyOf(seeds.values())));
            }
        }
        return rows;
    }

    private static ComputeRow mean(List<ComputeRow> seeds) {
        Summary averages = Summary.of(
                seeds.stream().mapToDouble(row -> row.development().average()).toArray());
        List<String> names = seeds.stream().map(row -> row.training().name()).toList();
        CountedTraining first = seeds.get(0).training();
        ComputeRow.Score score = new ComputeRow.Score(
                averages.mean(),
                averages.standardDeviation(),
                "mean and standard deviation of the averages of " + String.join(", ", names),
                true,
                seeds.get(0).development().keepsBest());
        String name = first.name() + " and " + Counted.of(seeds.size() - 1L, "more seed");
        // the note of one is that of all: what it says is the same in them
        return new ComputeRow(ComputeRow.Kind.SEEDS, first.withName(name), score, null);
    }
}
