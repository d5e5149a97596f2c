package org.jelectra.exchange;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jelectra.electra.MissingModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.WeightFile;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.inference.ModelLabels;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsWriter;
import org.jelectra.io.TensorFile;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.Shape;

/**
 * A model in a folder with HuggingFace's files, one network: everything but the values is read and checked.
 *
 * <p>Weights are found as {@link WeightsFormat} says; the vocabulary is {@code vocab.txt} or else {@code tokenizer.json}.
 */
final class ModelSource implements AutoCloseable {

    /** Word tables are made a multiple of 128 rows at most; where more tokens lack, the vocabulary is cut off, or another model's. */
    private static final int MAX_PADDING = 128;

    private final Path folder;
    private final Path weightsPath;
    private final TensorFile file;
    private final Architecture architecture;
    private final EncoderConfig config;
    private final List<String> labels;
    private final JsonObject json;
    private final NetworkWeights weights;
    private final TokenizerFiles tokenizer;
    private final List<String> notes;

    /** Checks that all fits together; {@code sizes} is the file that the configuration came from. */
    private ModelSource(
            Path folder,
            Path weightsPath,
            TensorFile file,
            Architecture architecture,
            EncoderConfig config,
            Path sizes,
            List<String> labels,
            JsonObject json,
            List<String> notes)
            throws IOException {
        this.folder = folder;
        this.weightsPath = weightsPath;
        this.file = file;
        this.architecture = architecture;
        this.config = config;
        this.labels = labels;
        this.json = json;
        JsonElement tie = json.get("tie_word_embeddings");
        boolean tied = tie == null || tie.isJsonNull() || !tie.toString().equals("false");
        weights = new NetworkWeights(new WeightFile(file, weightsPath.toString()), tensors(sizes), tied);
        TokenizerFiles found = TokenizerFiles.load(folder, config.maxPositions());
        int tokens = found.vocabulary().size();
        int lacking = config.vocabularySize() - tokens;
        boolean padded = lacking > 0 && lacking < MAX_PADDING;
        tokenizer = padded ? found.padded(config.vocabularySize()) : TokenizerFiles.load(folder, config);
        this.notes = padded ? padding(notes, tokens, config.vocabularySize()) : notes;
    }

    private static List<String> padding(List<String> notes, int tokens, int rows) {
        List<String> all = new ArrayList<>(notes);
        all.add(String.format(
                Locale.ROOT,
                "the vocabulary has %,d tokens and the model rows for %,d: %,d tokens [unusedN], which no text has, were added",
                tokens,
                rows,
                rows - tokens));
        return List.copyOf(all);
    }

    // a layer has more than one tensor, so no list of names can grow beyond the file's own
    private Map<String, Shape> tensors(Path sizes) throws IOException {
        if (config.layers() > file.names().size()) {
            throw new IOException(sizes + ": num_hidden_layers is " + config.layers() + ", but " + weightsPath
                    + " has only " + file.names().size() + " tensors");
        }
        try {
            return architecture.tensors(config, labels.size());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException(sizes + ": sizes of no possible model: " + e.getMessage(), e);
        }
    }

    /**
     * Opens a folder.
     *
     * @throws IOException if a file is missing or malformed, they do not fit together, or describe what this library cannot compute
     */
    static ModelSource open(Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve(ModelFiles.CONFIG))) {
            throw MissingModel.at(
                    folder,
                    ModelFiles.CONFIG + ", " + ModelFiles.WEIGHTS + " or " + ModelFiles.PYTORCH_WEIGHTS
                            + " and vocab.txt or tokenizer.json",
                    "no " + ModelFiles.CONFIG);
        }
        WeightsFormat format = WeightsFormat.of(folder);
        TensorFile file = format.open(folder);
        try {
            Path sizes = folder.resolve(ModelFiles.CONFIG);
            JsonObject json = Json.read(sizes);
            Architecture architecture = Architecture.of(json, file, folder);
            EncoderConfig config = ModelFiles.readConfig(folder);
            List<String> labels = architecture.hasLabels() ? ModelLabels.of(folder) : List.of();
            return new ModelSource(
                    folder, format.in(folder), file, architecture, config, sizes, labels, json, List.of());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * A network of a task-free class whose weights are open and whose sizes are known.
     *
     * @param folder has the tokenizer's files
     * @param weightsPath what to call the weights in messages
     * @param notes as in {@link ModelReport}
     * @throws IOException if tensors are missing, left over or of other shapes, or the tokenizer is unfit or missing
     */
    static ModelSource of(
            Path folder,
            Path weightsPath,
            TensorFile weights,
            Architecture architecture,
            EncoderConfig config,
            List<String> notes)
            throws IOException {
        return new ModelSource(
                folder, weightsPath, weights, architecture, config, weightsPath, List.of(), new JsonObject(), notes);
    }

    Path folder() {
        return folder;
    }

    Path weightsPath() {
        return weightsPath;
    }

    Architecture architecture() {
        return architecture;
    }

    EncoderConfig config() {
        return config;
    }

    /** Names of the outputs; empty where the task has none. */
    List<String> labels() {
        return labels;
    }

    NetworkWeights weights() {
        return weights;
    }

    TokenizerFiles tokenizer() {
        return tokenizer;
    }

    /** As in {@link ModelReport}. */
    List<String> notes() {
        return notes;
    }

    /**
     * Writes {@code config.json}, {@code model.safetensors}, {@code vocab.txt} and {@code tokenizer_config.json}, and {@code
     * pretraining.json} where the folder has it.
     */
    void write(Path target) throws IOException {
        Files.createDirectories(target);
        SafetensorsWriter.stream(
                target.resolve(ModelFiles.WEIGHTS),
                weights.shapes().entrySet().stream()
                        .map(entry -> new SafetensorsWriter.Source(
                                entry.getKey(), entry.getValue().toArray(), () -> weights.floats(entry.getKey())))
                        .toList());
        JsonObject written = ModelFiles.toJson(
                config, architecture.toString(), tokenizer.vocabulary().padId());
        TaskModelFiles.addLabels(written, labels);
        for (String key : List.of(TaskModelFiles.PROBLEM, TaskModelFiles.SCALE, TaskModelFiles.TEXTS)) {
            if (json.has(key) && !json.get(key).isJsonNull()) {
                written.add(key, json.get(key));
            }
        }
        Json.write(target.resolve(ModelFiles.CONFIG), written);
        tokenizer.save(target);
        Path history = folder.resolve(ModelFiles.PRETRAINING);
        if (Files.isRegularFile(history)) {
            Files.copy(history, target.resolve(ModelFiles.PRETRAINING));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
