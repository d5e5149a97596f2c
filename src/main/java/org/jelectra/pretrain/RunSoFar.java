package org.jelectra.pretrain;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.io.JsonRecord;

/**
 * A run as its directory tells of it, finished or not, or the folder of a model that it has saved or that was made of a snapshot.
 *
 * @param settings what it was begun with
 * @param step the last step that it has logged or saved its models at, 0 where there is none yet; or that of the model
 * @param warmStarted whether it began with given weights, whose own training is not part of it
 */
public record RunSoFar(PretrainSettings settings, long step, boolean warmStarted) {

    /** The file in a run's directory that says what it was begun with. */
    public static final String SETTINGS = "settings.json";

    private static final String WARM = "warmStarted";
    private static final System.Logger LOGGER = System.getLogger(RunSoFar.class.getName());

    /**
     * Reads {@code settings.json} and {@code metrics.jsonl}, or what {@link #write} has written.
     *
     * @throws IOException if one is missing or cannot be understood; the message says what was expected
     */
    public static RunSoFar read(Path directory) throws IOException {
        Path written = directory.resolve(ModelFiles.PRETRAINING);
        if (Files.isRegularFile(written)) {
            JsonFields json = new JsonFields(Json.read(written), written.toString());
            return new RunSoFar(
                    settings(written, json.object()), json.whole("step", 0, Long.MAX_VALUE), json.flag(WARM));
        }
        for (String file : List.of(SETTINGS, MetricsLog.FILE_NAME)) {
            if (!Files.isRegularFile(directory.resolve(file))) {
                throw new IOException(
                        directory + ": expected the directory of a run of 'jelectra pretrain', found no " + file);
            }
        }
        PretrainSettings settings = settings(directory);
        boolean warmStarted = warmStarted(directory.resolve(SETTINGS));
        List<StepMetrics> steps = MetricsLog.read(directory);
        long logged = steps.isEmpty() ? 0 : steps.get(steps.size() - 1).step();
        // an interrupted run saves its models at a step that it has not logged
        return new RunSoFar(settings, Math.max(logged, savedStep(directory)), warmStarted);
    }

    /**
     * The step at which the run in the directory has last saved its models, which is earlier than its own where it has gone on since;
     * -1 where there are none, or none that say.
     *
     * @throws IOException if what {@link #write} has written beside them cannot be understood
     */
    public static long savedStep(Path directory) throws IOException {
        for (String network : List.of(ElectraModel.DISCRIMINATOR, ElectraModel.GENERATOR)) {
            Path folder = directory.resolve(network);
            if (Files.isRegularFile(folder.resolve(ModelFiles.PRETRAINING))) {
                return read(folder).step();
            }
        }
        return -1;
    }

    private static boolean warmStarted(Path settings) throws IOException {
        return Json.read(settings).get("options") instanceof JsonObject options && options.has("--init-from");
    }

    /**
     * The run in a directory up to one of its snapshots. Empty, with a warning, where {@code settings.json} cannot be read: whether the
     * run began with given weights stands only there.
     */
    public static Optional<RunSoFar> upTo(Snapshot snapshot, Path directory) {
        try {
            boolean warmStarted = warmStarted(directory.resolve(SETTINGS));
            return Optional.of(new RunSoFar(snapshot.settings(), snapshot.step(), warmStarted));
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, ModelFiles.PRETRAINING + " is left out: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Writes {@code pretraining.json} beside a model, so that what it has cost is known of it. */
    public void write(Path folder) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("step", step);
        json.addProperty(WARM, warmStarted);
        json.add("settings", new Gson().toJsonTree(settings));
        Json.write(folder.resolve(ModelFiles.PRETRAINING), json);
    }

    /**
     * What a run was begun with, from its {@code settings.json}.
     *
     * @throws IOException if that cannot be read or understood; the message says what was expected
     */
    public static PretrainSettings settings(Path directory) throws IOException {
        Path file = directory.resolve(SETTINGS);
        return settings(file, Json.read(file));
    }

    private static PretrainSettings settings(Path file, JsonObject json) throws IOException {
        try {
            return JsonRecord.read(json.get("settings"), PretrainSettings.class);
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
