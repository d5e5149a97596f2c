package org.jelectra.pretrain;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Tells people in which settings two runs differ. */
final class SettingsDifference {

    private SettingsDifference() {}

    /**
     * Throws IllegalArgumentException where the settings are not those of the run. In how many parts a batch is computed changes
     * nothing but rounding, and may differ.
     */
    static void require(PretrainSettings run, PretrainSettings given) {
        boolean divisible = run.batchSize() % given.microBatches() == 0;
        PretrainSettings divided =
                divisible ? run.withBatch(run.batchSize(), given.microBatches(), run.sequenceLength()) : run;
        if (!divided.equals(given)) {
            Gson gson = new Gson();
            List<String> differences = new ArrayList<>();
            compare(
                    "",
                    gson.toJsonTree(divided).getAsJsonObject(),
                    gson.toJsonTree(given).getAsJsonObject(),
                    differences);
            throw new IllegalArgumentException("a run can only be resumed with its own settings; expected "
                    + String.join(", ", differences) + "; other settings need a new run, which can begin with this"
                    + " one's weights");
        }
    }

    private static void compare(String path, JsonObject run, JsonObject given, List<String> differences) {
        for (String name : run.keySet()) {
            JsonElement expected = run.get(name);
            JsonElement found = given.get(name);
            if (expected.isJsonObject()) {
                compare(path + name + ".", expected.getAsJsonObject(), found.getAsJsonObject(), differences);
            } else if (!expected.equals(found)) {
                differences.add(path + name + " " + expected + ", got " + found);
            }
        }
    }
}
