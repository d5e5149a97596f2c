package org.jelectra.finetune;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jelectra.electra.ModelFiles;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.io.Sha256;

/**
 * What must be the same for a run to go on, and for seeds to belong to one run: settings, model and data. It stands in snapshots
 * and results; of files it has the contents' SHA-256, so that they may lie elsewhere later.
 */
final class RunIdentity {

    private static final String HASH = "SHA-256 of ";
    /** Key of the hash of the weights that are built on; there is none of random ones. */
    static final String WEIGHTS = HASH + ModelFiles.WEIGHTS;

    /** Key of the parts that a batch is computed in; absent of one. */
    static final String PARTS = "microBatches";

    private static final int SHOWN_DIGITS = 12;

    private RunIdentity() {}

    /**
     * Of the run of a plan's first seed.
     *
     * @throws IOException if the model's weights or a file of the task cannot be read
     */
    static JsonObject of(FineTunePlan plan) throws IOException {
        JsonObject json = new JsonObject();
        add(json, plan.settings());
        if (plan.settings().microBatches() == 1) {
            json.remove(PARTS); // as in files of runs that knew no others
        }
        json.addProperty("task", plan.task());
        if (plan.head() != null) {
            json.addProperty("head", plan.head());
        }
        if (plan.declaration() != null) {
            addDeclaration(json, plan.declaration());
        }
        if (plan.heldOut() != null) {
            json.add("heldOut", new Gson().toJsonTree(plan.heldOut()));
        }
        if (plan.keepsBest()) {
            json.addProperty("keep", "best");
        }
        json.addProperty("randomWeights", plan.weights() == InitialWeights.RANDOM);
        if (plan.weights() == InitialWeights.ENCODER_AND_HEAD) {
            json.addProperty("keepHead", true);
        }
        add(json, plan.config());
        add(json, plan.tokenizer().options());
        json.addProperty(HASH + "vocab.txt", plan.tokenizer().vocabulary().sha256());
        if (plan.weights() != InitialWeights.RANDOM) {
            json.addProperty(WEIGHTS, Sha256.of(plan.modelFolder().resolve(ModelFiles.WEIGHTS)));
        }
        for (Map.Entry<String, Path> file : new TreeMap<>(plan.files()).entrySet()) {
            json.addProperty(HASH + file.getKey(), Sha256.of(file.getValue()));
        }
        return json;
    }

    /** But what else stands in the identity, and where files were looked for, whose contents count. */
    private static void addDeclaration(JsonObject json, TaskSpec declaration) {
        JsonObject values = new JsonObject();
        add(values, declaration);
        List.of("name", "folders", "heldOut", "epochs").forEach(values::remove);
        values.asMap().forEach((name, value) -> json.add("task." + name, value));
    }

    /** The same for another seed. */
    static JsonObject withSeed(JsonObject identity, long seed) {
        JsonObject json = identity.deepCopy();
        json.addProperty("seed", seed);
        return json;
    }

    // through text: numbers are then what a reader of the file gets
    static void add(JsonObject json, Record values) {
        JsonParser.parseString(new Gson().toJson(values))
                .getAsJsonObject()
                .asMap()
                .forEach(json::add);
    }

    /**
     * Checks what a file of a run says; null where it says nothing.
     *
     * @throws IOException that names what differs
     */
    static void require(Path file, JsonElement written, JsonObject now) throws IOException {
        if (written != null && !written.isJsonObject()) {
            throw new IOException(file + ": expected the settings of a run as an object, found " + written);
        }
        JsonObject before = written == null ? new JsonObject() : written.getAsJsonObject();
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(now.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            JsonElement earlier = before.get(name);
            JsonElement later = now.get(name);
            if (earlier == null || !earlier.equals(later)) {
                differences.add((name.equals(PARTS) ? name + " (--accumulate)" : name) + " was " + text(name, earlier)
                        + ", now " + text(name, later));
            }
        }
        if (!differences.isEmpty()) {
            throw new IOException(file + ": written by a run with other settings: " + String.join("; ", differences));
        }
    }

    private static String text(String name, JsonElement value) {
        if (value == null) {
            return "not given";
        }
        String text = value.isJsonPrimitive() ? value.getAsString() : value.toString();
        return name.startsWith(HASH) && text.length() > SHOWN_DIGITS ? text.substring(0, SHOWN_DIGITS) + "..." : text;
    }
}
