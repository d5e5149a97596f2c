package org.jelectra.finetune;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.io.Sha256;

/**
 * What a table of GLUE results, written by {@link GlueTable}, says in one number.
 *
 * @param file the table
 * @param model the directory of the model that was fine-tuned, as it was named then
 * @param weights SHA-256 of its weights, in hexadecimal; null where the table does not say, as it does not of random ones
 * @param keepsBest whether each task's weights are those that did best on the set that they are measured on
 * @param percent the average over the eight tasks; NaN where the table lacks one
 * @param conditions what the average depends on besides the weights: the head and, of each task, the number of seeds and the settings
 */
public record GlueAverage(
        Path file, String model, String weights, boolean keepsBest, double percent, JsonObject conditions) {

    /** What follows the model where not its weights were fine-tuned, but random ones of its sizes. */
    public static final String RANDOM_WEIGHTS = " (random weights)";

    /** Settings of a task that do not change what comes of given weights, and these. */
    private static final List<String> NO_CONDITIONS = List.of(RunIdentity.PARTS, RunIdentity.WEIGHTS);

    /** Whether there is a table in the directory. */
    public static boolean isIn(Path directory) {
        return Files.isRegularFile(directory.resolve(GlueTable.JSON));
    }

    /**
     * Reads the table in a directory.
     *
     * @throws IOException if there is none, or it cannot be understood; the message says what was expected
     */
    public static GlueAverage read(Path directory) throws IOException {
        Path file = directory.resolve(GlueTable.JSON);
        if (!isIn(directory)) {
            throw new IOException(directory + ": expected a directory that 'jelectra glue' has written, found no "
                    + GlueTable.JSON + " in it");
        }
        JsonFields table = new JsonFields(Json.read(file), file.toString());
        boolean keepsBest = table.text(RunResults.KEPT).equals(RunResults.kept(true));
        String weights = table.has(RunIdentity.WEIGHTS) ? table.text(RunIdentity.WEIGHTS) : null;
        return new GlueAverage(
                file,
                table.text("model"),
                weights,
                keepsBest,
                100 * table.numberOrNaN("average"),
                conditions(table.object(), keepsBest));
    }

    /** Of a table that was written before it had all of them, or by hand, those that it has. */
    private static JsonObject conditions(JsonObject table, boolean keepsBest) {
        JsonObject conditions = new JsonObject();
        conditions.add("head", table.get("head"));
        conditions.add(RunResults.KEPT, table.get(RunResults.KEPT));
        if (table.get("tasks") instanceof JsonObject tasks) {
            tasks.asMap().forEach((task, element) -> {
                if (element instanceof JsonObject results) {
                    conditions.add(task + " runs", results.get("runs"));
                    if (results.get("settings") instanceof JsonObject settings) {
                        JsonObject counting = settings.deepCopy();
                        NO_CONDITIONS.forEach(counting::remove);
                        if (!keepsBest) {
                            counting.remove("evaluationsPerEpoch"); // which choose no weights
                        }
                        conditions.add(task, counting);
                    }
                }
            });
        }
        return conditions;
    }

    /** Whether random weights were fine-tuned, for comparison. */
    public boolean isOfRandomWeights() {
        return model.endsWith(RANDOM_WEIGHTS);
    }

    /**
     * Whether it is a result of the model in that directory, or of one in a folder of it, as these are now or were, or of the weights of
     * that run, wherever they lay.
     */
    public boolean isOf(Path directory) throws IOException {
        Path measured = Path.of(model);
        return Files.isDirectory(measured) && measured.toRealPath().startsWith(directory.toRealPath())
                || weights != null && !isOfOtherWeights(directory);
    }

    /** Whether it says that it is of other weights than both networks of that run have now, or a model in that folder. */
    public boolean isOfOtherWeights(Path run) throws IOException {
        if (weights == null) {
            return false;
        }
        for (Path file : weights(run)) {
            if (Sha256.of(file).equals(weights)) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is any network of that run, or a model in that folder, to compare with. */
    public static boolean hasWeights(Path run) {
        return !weights(run).isEmpty();
    }

    private static List<Path> weights(Path run) {
        return Stream.of(ElectraModel.DISCRIMINATOR, ElectraModel.GENERATOR, "")
                .map(folder -> run.resolve(folder).resolve(ModelFiles.WEIGHTS))
                .filter(Files::isRegularFile)
                .toList();
    }
}
