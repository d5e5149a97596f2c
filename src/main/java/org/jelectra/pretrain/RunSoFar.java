package org.jelectra.pretrain;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.io.Json;

/**
 * A run as its directory tells of it, finished or not.
 *
 * @param settings what it was begun with
 * @param step the last step that it has logged; 0 where it has not yet
 * @param warmStarted whether it began with given weights, whose own training is not part of it
 */
public record RunSoFar(PretrainSettings settings, long step, boolean warmStarted) {

    /** The file in a run's directory that says what it was begun with. */
    public static final String SETTINGS = "settings.json";

    /**
     * Reads {@code settings.json} and {@code metrics.jsonl}.
     *
     * @throws IOException if one is missing or cannot be understood; the message says what was expected
     */
    public static RunSoFar read(Path directory) throws IOException {
        for (String file : List.of(SETTINGS, MetricsLog.FILE_NAME)) {
            if (!Files.isRegularFile(directory.resolve(file))) {
                throw new IOException(
                        directory + ": expected the directory of a run of 'jelectra pretrain', found no " + file);
            }
        }
        PretrainSettings settings = settings(directory);
        JsonObject json = Json.read(directory.resolve(SETTINGS));
        boolean warmStarted = json.get("options") instanceof JsonObject options && options.has("--init-from");
        List<StepMetrics> steps = MetricsLog.read(directory);
        long step = steps.isEmpty() ? 0 : steps.get(steps.size() - 1).step();
        return new RunSoFar(settings, step, warmStarted);
    }

    /**
     * What a run was begun with, from its {@code settings.json}.
     *
     * @throws IOException if that cannot be read or understood; the message says what was expected
     */
    public static PretrainSettings settings(Path directory) throws IOException {
        Path file = directory.resolve(SETTINGS);
        JsonObject json = Json.read(file);
        try {
            PretrainSettings settings = new Gson().fromJson(json.get("settings"), PretrainSettings.class);
            // a hand-made file may lack what no constructor asks for
            if (settings.model().objective() == null || settings.losses() == null || settings.masking() == null) {
                throw new IllegalArgumentException("model.objective, objective or masking is missing");
            }
            return settings;
        } catch (RuntimeException e) {
            throw new IOException(
                    file + ": expected the \"settings\" of a run as 'jelectra pretrain' writes them: " + reason(e), e);
        }
    }

    /** Why records could not be made of JSON, in one line: what is wrong with a field is the cause of a cause. */
    static String reason(Exception e) {
        Throwable first = e;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        String message = String.valueOf(first.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
