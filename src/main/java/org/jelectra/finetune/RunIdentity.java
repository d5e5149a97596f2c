package org.jelectra.finetune;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jelectra.nn.EncoderConfig;

/** What must be the same for a run to go on, and for seeds to belong to one run: it stands in its snapshots and results. */
final class RunIdentity {

    private RunIdentity() {}

    static JsonObject of(FineTunePlan plan, FineTuneSettings seedSettings) {
        JsonObject json = new Gson().toJsonTree(seedSettings).getAsJsonObject();
        json.addProperty("task", plan.task());
        if (plan.head() != null) {
            json.addProperty("head", plan.head());
        }
        json.addProperty("randomWeights", plan.randomWeights());
        EncoderConfig config = plan.config();
        json.addProperty("hiddenDropout", decimal(config.hiddenDropout()));
        json.addProperty("attentionDropout", decimal(config.attentionDropout()));
        return json;
    }

    /** The number that the shortest decimal of the value names, which is what a reader of the file gets. */
    private static BigDecimal decimal(float value) {
        return new BigDecimal(Float.toString(value));
    }

    /**
     * Checks what a file of a run says; null where it says nothing.
     *
     * @throws IOException that names what differs
     */
    static void require(Path file, JsonElement written, JsonObject now) throws IOException {
        JsonObject before = written == null ? new JsonObject() : written.getAsJsonObject();
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(now.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            JsonElement earlier = before.get(name);
            JsonElement later = now.get(name);
            if (earlier == null || !earlier.equals(later)) {
                differences.add(name + " was " + text(earlier) + ", now " + text(later));
            }
        }
        if (!differences.isEmpty()) {
            throw new IOException(file + ": written by a run with other settings: " + String.join("; ", differences));
        }
    }

    private static String text(JsonElement value) {
        return value == null ? "not given" : value.getAsString();
    }
}
