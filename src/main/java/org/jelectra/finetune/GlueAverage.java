package org.jelectra.finetune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;

/**
 * What a table of GLUE results, written by {@link GlueTable}, says in one number.
 *
 * @param file the table
 * @param model the directory of the model that was fine-tuned, as it was named then
 * @param keepsBest whether each task's weights are those that did best on the set that they are measured on
 * @param percent the average over the eight tasks; NaN where the table lacks one
 */
public record GlueAverage(Path file, String model, boolean keepsBest, double percent) {

    /** What follows the model where not its weights were fine-tuned, but random ones of its sizes. */
    public static final String RANDOM_WEIGHTS = " (random weights)";

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
        return new GlueAverage(file, table.text("model"), keepsBest, 100 * table.numberOrNaN("average"));
    }

    /** Whether random weights were fine-tuned, for comparison. */
    public boolean isOfRandomWeights() {
        return model.endsWith(RANDOM_WEIGHTS);
    }

    /** Whether it is a result of the model in that directory, or of one in a folder of it. */
    public boolean isOf(Path directory) throws IOException {
        Path measured = Path.of(model);
        return Files.isDirectory(measured) && measured.toRealPath().startsWith(directory.toRealPath());
    }
}
