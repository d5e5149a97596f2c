package org.jelectra.finetune;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.finetune.data.GlueTasks;

/** Which settings of tasks of GLUE are others than the original code's, with which published results were made. */
final class OtherSettings {

    /** Tokens of a sequence, and dropout, which are not among the hyper-parameters. */
    private static final int LENGTH = 128;

    private static final JsonElement DROPOUT = new JsonPrimitive(0.1);

    /** Tasks that have a setting, by its name and value. */
    private final Map<String, List<String>> tasks = new LinkedHashMap<>();

    private int count;

    /** @param settings of the task, as {@link RunIdentity} makes them */
    void add(String task, JsonObject settings) {
        int width = settings.get("hiddenSize").getAsInt();
        JsonObject original = new JsonObject();
        RunIdentity.add(
                original, FineTuneSettings.defaults(width, GlueTasks.find(task).epochs(), LENGTH, 0));
        // seeds are several, and neither evaluations nor the parts of a batch change weights
        List.of("seed", "evaluationsPerEpoch", RunIdentity.PARTS).forEach(original::remove);
        List.of("hiddenDropout", "attentionDropout").forEach(name -> original.add(name, DROPOUT));
        original.add("frozenLayers", null); // JSON's null
        original.asMap().forEach((name, value) -> {
            JsonElement own = settings.get(name);
            if (own != null && !own.equals(value)) {
                tasks.computeIfAbsent(name + " " + own.getAsString(), setting -> new ArrayList<>())
                        .add(task);
            }
        });
        count++;
    }

    /** A sentence, or nothing where all are as in the original. */
    String text() {
        List<String> settings = new ArrayList<>();
        tasks.forEach((setting, having) ->
                settings.add(having.size() == count ? setting : setting + " (" + String.join(", ", having) + ")"));
        return settings.isEmpty()
                ? ""
                : " What was measured here has other settings than the original code: " + String.join(", ", settings)
                        + ".";
    }
}
