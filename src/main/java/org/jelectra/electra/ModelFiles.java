package org.jelectra.electra;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jelectra.backend.Backend;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.io.OutputPath;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.Tensor;

/**
 * Models on disk in HuggingFace's layout: {@code DIR/discriminator} and {@code DIR/generator}, each with {@code config.json} and
 * {@code model.safetensors}, names and shapes as {@code ElectraForPreTraining} and {@code ElectraForMaskedLM} have them. The folder
 * {@code discriminator} has the main network, whatever its objective, as fine-tuning begins with it: where it predicts tokens, its
 * class is {@code ElectraForMaskedLM} too, and a copy gate lies in a file of its own, {@code copy_gate.safetensors}, because no other
 * program has a place for it.
 */
public final class ModelFiles {

    /** Name of the file with the sizes. */
    public static final String CONFIG = "config.json";
    /** Name of the file with the weights. */
    public static final String WEIGHTS = "model.safetensors";

    /** Name of the file with the weights of a copy gate. */
    public static final String COPY_GATE = "copy_gate.safetensors";

    /** Name of the index of weights in several files, which are imported and not read in place. */
    public static final String WEIGHTS_INDEX = "model.safetensors.index.json";
    /** Name of the file with the weights in older models, which is imported and not read in place. */
    public static final String PYTORCH_WEIGHTS = "pytorch_model.bin";
    /** Name of the index of weights in several files in older models, which are imported and not read in place. */
    public static final String PYTORCH_WEIGHTS_INDEX = "pytorch_model.bin.index.json";

    /** Name of the file that says what the pre-training was, and up to which step; an export takes it along. */
    public static final String PRETRAINING = "pretraining.json";

    /** HuggingFace's class of a discriminator. */
    public static final String ELECTRA_FOR_PRETRAINING = "ElectraForPreTraining";
    /** HuggingFace's class of a generator. */
    public static final String ELECTRA_FOR_MASKED_LM = "ElectraForMaskedLM";
    /** HuggingFace's class of an encoder without a head. */
    public static final String ELECTRA_MODEL = "ElectraModel";
    /** A buffer that older files hold and nothing needs. */
    public static final String POSITION_IDS = "electra.embeddings.position_ids";
    /** The word table. */
    public static final String WORDS = "electra.embeddings.word_embeddings.weight";
    /** The generator's output matrix, which is the word table: a file may hold it as well. */
    public static final String OUTPUT_WORDS = "generator_lm_head.weight";

    private ModelFiles() {}

    /**
     * Writes the networks that the model has into folders of {@code directory}; the tokenizer's files are the caller's.
     *
     * @param padId number of [PAD] in the model's vocabulary
     * @return these folders
     */
    public static List<Path> save(ElectraModel model, int padId, Path directory) throws IOException {
        List<Path> folders = new ArrayList<>();
        if (model.config().hasMainNetwork()) {
            boolean discriminator = model.config().objective().hasDiscriminator();
            Path folder = save(
                    model,
                    padId,
                    directory,
                    ElectraModel.DISCRIMINATOR,
                    model.config().discriminator(),
                    discriminator ? ELECTRA_FOR_PRETRAINING : ELECTRA_FOR_MASKED_LM);
            if (!model.copyGate().isEmpty()) {
                WeightFile.write(folder.resolve(COPY_GATE), model.backend(), model.copyGate());
            }
            folders.add(folder);
        }
        folders.add(save(
                model, padId, directory, ElectraModel.GENERATOR, model.config().generator(), ELECTRA_FOR_MASKED_LM));
        return folders;
    }

    private static Path save(
            ElectraModel model, int padId, Path directory, String network, EncoderConfig config, String architecture)
            throws IOException {
        Path folder = OutputPath.createFolder(directory.resolve(network));
        WeightFile.write(folder.resolve(WEIGHTS), model.backend(), model.stateDict(network));
        Json.write(folder.resolve(CONFIG), toJson(config, architecture, padId));
        return folder;
    }

    /**
     * A network's {@code config.json} as HuggingFace reads it.
     *
     * @param architecture the class that loads it there
     * @param padId number of [PAD] in the vocabulary, whose row of the word table HuggingFace does not train
     */
    public static JsonObject toJson(EncoderConfig config, String architecture, int padId) {
        JsonArray architectures = new JsonArray();
        architectures.add(architecture);
        JsonObject json = new JsonObject();
        json.add("architectures", architectures);
        json.addProperty("model_type", "electra");
        json.addProperty("vocab_size", config.vocabularySize());
        json.addProperty("embedding_size", config.embeddingSize());
        json.addProperty("hidden_size", config.hiddenSize());
        json.addProperty("num_hidden_layers", config.layers());
        json.addProperty("num_attention_heads", config.heads());
        json.addProperty("intermediate_size", config.intermediateSize());
        json.addProperty("hidden_act", "gelu");
        json.addProperty("hidden_dropout_prob", decimal(config.hiddenDropout()));
        json.addProperty("attention_probs_dropout_prob", decimal(config.attentionDropout()));
        json.addProperty("max_position_embeddings", config.maxPositions());
        json.addProperty("type_vocab_size", config.tokenTypes());
        json.addProperty("initializer_range", decimal(config.initializerRange()));
        json.addProperty("layer_norm_eps", decimal(config.layerNormEpsilon()));
        json.addProperty("pad_token_id", padId);
        json.addProperty("torch_dtype", "float32");
        return json;
    }

    /** The shortest decimal of a float, so that 0.1f is written as 0.1. */
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    /**
     * Reads a model that {@link #save} or HuggingFace's code wrote, to be used and not trained: its gradients have no memory
     * ({@link InitialWeights} reads weights that a training begins with). What the two networks share is found by comparing weights;
     * the objective by the main network's class and copy gate, where electra-15 cannot be told from electra.
     *
     * @throws IOException if a file is missing or malformed, a tensor is missing, left over or of another shape, or the generator's
     *     output matrix is not its word table; the message names file and tensors
     */
    public static ElectraModel load(Backend backend, Path directory) throws IOException {
        Path generatorFolder = directory.resolve(ElectraModel.GENERATOR);
        Path discriminatorFolder = directory.resolve(ElectraModel.DISCRIMINATOR);
        if (!Files.isDirectory(generatorFolder)) {
            throw new IOException(
                    directory + ": expected a model, that is discriminator/ and generator/ (or generator/ alone) as a"
                            + " finished run leaves them; found no generator/");
        }
        EncoderConfig generator = readConfig(generatorFolder);
        if (!Files.isDirectory(discriminatorFolder)) {
            return loadMaskedLanguageModel(backend, generatorFolder);
        }
        EncoderConfig discriminator = readConfig(discriminatorFolder);
        if (discriminator.vocabularySize() != generator.vocabularySize()) {
            throw new IOException(directory + ": generator and discriminator must have one vocabulary, got sizes "
                    + generator.vocabularySize() + " and " + discriminator.vocabularySize());
        }
        try (WeightFile generatorFile = WeightFile.open(generatorFolder);
                WeightFile discriminatorFile = WeightFile.open(discriminatorFolder)) {
            Sharing sharing = findSharing(generatorFile, discriminatorFile);
            ElectraModel model = ElectraModel.untrained(
                    backend, new ElectraConfig(discriminator, generator, sharing, objective(discriminatorFolder)));
            loadWeights(model, ElectraModel.DISCRIMINATOR, discriminatorFile);
            loadWeights(model, ElectraModel.GENERATOR, generatorFile);
            loadGate(model, discriminatorFolder);
            return model;
        }
    }

    /**
     * Reads one network that predicts tokens, from the folder that it is in itself, as the generator of a model by masked-language
     * modelling.
     *
     * @throws IOException as {@link #load}
     */
    public static ElectraModel loadMaskedLanguageModel(Backend backend, Path folder) throws IOException {
        EncoderConfig config = readConfig(folder);
        try (WeightFile file = WeightFile.open(folder)) {
            ElectraModel model = ElectraModel.untrained(
                    backend, new ElectraConfig(config, config, Sharing.EMBEDDINGS, Objective.MLM));
            loadWeights(model, ElectraModel.GENERATOR, file);
            return model;
        }
    }

    /**
     * Checks that a model that was loaded from a directory has a discriminator.
     *
     * @param purpose what needs it, for the message
     * @throws IOException if it has none, saying what it has
     */
    public static void requireDiscriminator(ElectraModel model, Path directory, String purpose) throws IOException {
        if (!model.config().hasMainNetwork()) {
            throw new IOException(directory + " has no discriminator/, which " + purpose);
        }
        if (model.discriminator() == null) {
            throw new IOException(directory + ": expected a discriminator, which " + purpose
                    + ", found a main network that predicts tokens ("
                    + model.config().objective() + ")");
        }
    }

    /**
     * HuggingFace's class of the model in a folder.
     *
     * @throws IOException if {@code config.json} is missing or does not name one
     */
    public static String architecture(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        return architecture(Json.read(file), file);
    }

    /** As {@link #architecture(Path)}, of a {@code config.json} that was read from {@code file}. */
    public static String architecture(JsonObject config, Path file) throws IOException {
        JsonElement names = config.get("architectures");
        if (names == null
                || !names.isJsonArray()
                || names.getAsJsonArray().size() != 1
                || !names.getAsJsonArray().get(0).isJsonPrimitive()) {
            throw new IOException(file + ": expected \"architectures\" with one name, found " + names);
        }
        return names.getAsJsonArray().get(0).getAsString();
    }

    /**
     * Whether the network in a folder predicts tokens, as a generator does, else it is a discriminator.
     *
     * @throws IOException if {@code config.json} is missing or names another class than the two
     */
    static boolean predictsTokens(Path folder) throws IOException {
        String architecture = architecture(folder);
        if (!List.of(ELECTRA_FOR_PRETRAINING, ELECTRA_FOR_MASKED_LM).contains(architecture)) {
            throw new IOException(folder.resolve(CONFIG) + ": expected \"architectures\" " + ELECTRA_FOR_PRETRAINING
                    + " (a discriminator) or " + ELECTRA_FOR_MASKED_LM + " (a generator), found " + architecture);
        }
        return architecture.equals(ELECTRA_FOR_MASKED_LM);
    }

    private static Objective objective(Path folder) throws IOException {
        if (!predictsTokens(folder)) {
            return Objective.ELECTRA;
        }
        return Files.exists(folder.resolve(COPY_GATE)) ? Objective.ALL_TOKENS_MLM : Objective.REPLACE_MLM;
    }

    private static void loadGate(ElectraModel model, Path folder) throws IOException {
        if (!model.copyGate().isEmpty()) {
            try (WeightFile file = WeightFile.openGate(folder)) {
                load(model, model.copyGate(), file);
            }
        }
    }

    private static Sharing findSharing(WeightFile generator, WeightFile discriminator) throws IOException {
        boolean embeddings = equal(generator, discriminator, "electra.embeddings.");
        boolean encoder = embeddings && equal(generator, discriminator, "electra.");
        return encoder ? Sharing.ALL : embeddings ? Sharing.EMBEDDINGS : Sharing.NONE;
    }

    private static boolean equal(WeightFile first, WeightFile second, String prefix) throws IOException {
        for (String name : second.names()) {
            if (name.startsWith(prefix)
                    && (!first.contains(name) || !Arrays.equals(first.floats(name), second.floats(name)))) {
                return false;
            }
        }
        return true;
    }

    private static void loadWeights(ElectraModel model, String network, WeightFile file) throws IOException {
        Map<String, Tensor> state = model.stateDict(network);
        // files may leave the output matrix out: it is the word table
        if (!file.contains(OUTPUT_WORDS)) {
            state.remove(OUTPUT_WORDS);
        }
        load(model, state, file);
    }

    private static void load(ElectraModel model, Map<String, Tensor> state, WeightFile file) throws IOException {
        TreeSet<String> missing = new TreeSet<>(state.keySet());
        missing.removeAll(file.names());
        TreeSet<String> unexpected = new TreeSet<>(file.names());
        unexpected.removeAll(state.keySet());
        if (!missing.isEmpty() || !unexpected.isEmpty()) {
            throw new IOException(file + ": missing tensors " + WeightFile.shown(missing) + ", unexpected tensors "
                    + WeightFile.shown(unexpected));
        }
        for (Map.Entry<String, Tensor> entry : state.entrySet()) {
            file.upload(entry.getKey(), model.backend(), entry.getValue());
        }
    }

    /**
     * Checks that a folder has its weights in {@code model.safetensors}.
     *
     * @throws IOException if there are none, or in a form that has to be imported, which the message says
     */
    public static void requireWeights(Path folder) throws IOException {
        if (Files.isRegularFile(folder.resolve(WEIGHTS))) {
            return;
        }
        String found = "none";
        for (String name : List.of(PYTORCH_WEIGHTS_INDEX, PYTORCH_WEIGHTS, WEIGHTS_INDEX)) {
            if (Files.exists(folder.resolve(name))) {
                found = "none but " + name + "; jelectra import makes a model of it";
            }
        }
        throw new IOException(folder + ": expected the weights in " + WEIGHTS + ", found " + found);
    }

    /**
     * The sizes in a folder's {@code config.json}.
     *
     * @throws IOException if the file is missing or malformed, or describes what this library cannot compute
     */
    public static EncoderConfig readConfig(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        JsonFields json = new JsonFields(Json.read(file), file.toString());
        ConfigLimits.check(json.object(), file);
        try {
            return new EncoderConfig(
                    size(json, "vocab_size"),
                    size(json, "embedding_size"),
                    size(json, "hidden_size"),
                    size(json, "num_hidden_layers"),
                    size(json, "num_attention_heads"),
                    size(json, "intermediate_size"),
                    size(json, "max_position_embeddings"),
                    size(json, "type_vocab_size"),
                    number(json, "hidden_dropout_prob", 0.1f),
                    number(json, "attention_probs_dropout_prob", 0.1f),
                    number(json, "layer_norm_eps", 1e-12f),
                    number(json, "initializer_range", 0.02f));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static int size(JsonFields json, String name) throws IOException {
        return json.integer(name, 1, Integer.MAX_VALUE);
    }

    private static float number(JsonFields json, String name, float otherwise) throws IOException {
        return json.object().has(name) ? (float) json.number(name) : otherwise;
    }
}
