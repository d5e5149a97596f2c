package org.jelectra.exchange;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.MaskedTokenHead;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.ReplacedTokenHead;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.io.TensorFile;
import org.jelectra.nn.Embeddings;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Shape;

/** HuggingFace's classes of ELECTRA models that have a counterpart here. */
public enum Architecture {
    /** The discriminator. */
    PRE_TRAINING(
            ModelFiles.ELECTRA_FOR_PRETRAINING, ElectraModel.DISCRIMINATOR, "discriminator_predictions.dense.weight"),
    /** The generator. */
    MASKED_LM(ModelFiles.ELECTRA_FOR_MASKED_LM, ElectraModel.GENERATOR, "generator_predictions.dense.weight"),
    /** A label or a number for a text. */
    SEQUENCE_CLASSIFICATION(TaskModelFiles.SEQUENCE_CLASSIFICATION, null, "classifier.out_proj.weight"),
    /** A tag for every token. */
    TOKEN_CLASSIFICATION(TaskModelFiles.TOKEN_CLASSIFICATION, null, "classifier.weight"),
    /** The place of an answer. */
    QUESTION_ANSWERING(TaskModelFiles.QUESTION_ANSWERING, null, "qa_outputs.weight"),
    /** No head: the encoder alone. */
    ENCODER(ModelFiles.ELECTRA_MODEL, null, "embeddings.word_embeddings.weight");

    private final String label;
    private final String network;
    private final String mark;

    Architecture(String label, String network, String mark) {
        this.label = label;
        this.network = network;
        this.mark = mark;
    }

    /**
     * The class that {@code config.json} names or, where it names none, the one whose head the weights have.
     *
     * @throws IOException if it is none of these; the message lists them
     */
    static Architecture of(JsonObject config, TensorFile weights, Path folder) throws IOException {
        JsonElement names = config.get("architectures");
        boolean named = names != null
                && !names.isJsonNull()
                && !(names.isJsonArray() && names.getAsJsonArray().isEmpty());
        String name = named ? ModelFiles.architecture(config, folder.resolve(ModelFiles.CONFIG)) : null;
        for (Architecture architecture : values()) {
            if (named ? architecture.label.equals(name) : weights.contains(architecture.mark)) {
                return architecture;
            }
        }
        throw new IOException(folder + ": expected a model of one of the classes " + List.of(values()) + ", found "
                + (named
                        ? names + " as \"architectures\" in config.json"
                        : "no \"architectures\" in config.json and no tensor of their heads in the weights"));
    }

    /** {@code discriminator} or {@code generator}; null for a model of a task and an encoder alone. */
    public String network() {
        return network;
    }

    /** Whether the model has labels, which then decide the number of its outputs. */
    boolean hasLabels() {
        return this == SEQUENCE_CLASSIFICATION || this == TOKEN_CLASSIFICATION;
    }

    /** Makes the head; {@code outputs} counts for where there are labels. */
    EncoderWithHead.HeadFactory<LogitsHead> head(int outputs) {
        return switch (this) {
            case PRE_TRAINING ->
                (arena, config) -> {
                    ReplacedTokenHead head = new ReplacedTokenHead(arena, "", config);
                    return (tape, hidden, inputs) -> head.logits(tape, hidden);
                };
            case MASKED_LM ->
                (arena, config) -> {
                    MaskedTokenHead head = new MaskedTokenHead(arena, "", config);
                    return (tape, hidden, inputs) -> head.logits(tape, hidden, null, arena.parameter(ModelFiles.WORDS));
                };
            case SEQUENCE_CLASSIFICATION ->
                (arena, config) -> {
                    ClassificationHead head = new ClassificationHead(arena, config, outputs);
                    return (tape, hidden, inputs) -> head.logits(tape, hidden, inputs.firstTokens(), false);
                };
            case TOKEN_CLASSIFICATION ->
                (arena, config) -> {
                    TokenClassificationHead head = new TokenClassificationHead(arena, config, outputs);
                    return (tape, hidden, inputs) -> head.logits(tape, hidden, false);
                };
            case QUESTION_ANSWERING ->
                (arena, config) -> {
                    SpanHead head = new SpanHead(arena, config);
                    return (tape, hidden, inputs) -> head.logits(tape, hidden);
                };
            case ENCODER -> (arena, config) -> (tape, hidden, inputs) -> hidden;
        };
    }

    /** Names and shapes of all tensors, in their order; the generator's output matrix is the word table and not among them. */
    Map<String, Shape> tensors(EncoderConfig config, int outputs) {
        ParameterArena arena = new ParameterArena();
        String encoder = EncoderWithHead.ENCODER;
        new Encoder(arena, encoder, config, new Embeddings(arena, encoder + ".embeddings", config));
        head(outputs).create(arena, config);
        return arena.shapes();
    }

    /** HuggingFace's name. */
    @Override
    public String toString() {
        return label;
    }
}
