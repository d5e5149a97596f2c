package org.jelectra.electra.heads;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.nn.Embeddings;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.ParameterArena;

/**
 * An encoder and the head of a task, with HuggingFace's names: {@code electra.*} and whatever the head adds.
 *
 * @param <H> the head
 */
public final class EncoderWithHead<H> {

    /** Prefix of the encoder's parameters. */
    public static final String ENCODER = "electra";

    /** Stands for the embeddings where layers are counted. */
    public static final int EMBEDDINGS = -1;

    private static final String LAYER = ENCODER + ".encoder.layer.";

    /** Makes a head, which adds its parameters to the arena. */
    @FunctionalInterface
    public interface HeadFactory<H> {
        /** A head over hidden states of the given encoder. */
        H create(ParameterArena arena, EncoderConfig config);
    }

    private final Backend backend;
    private final EncoderConfig config;
    private final ParameterArena arena = new ParameterArena();
    private final Encoder encoder;
    private final H head;

    /** A model with new weights, a function of the seed. {@link EncoderFiles} loads trained ones. */
    public EncoderWithHead(Backend backend, EncoderConfig config, HeadFactory<H> head, long seed) {
        this(backend, config, head);
        arena.allocate(backend, seed);
    }

    private EncoderWithHead(Backend backend, EncoderConfig config, HeadFactory<H> head) {
        this.backend = backend;
        this.config = config;
        encoder = new Encoder(arena, ENCODER, config, new Embeddings(arena, ENCODER + ".embeddings", config));
        this.head = head.create(arena, config);
    }

    /** A model whose weights are still to be loaded, all 0, and cannot be trained: gradients have no memory. */
    public static <H> EncoderWithHead<H> untrained(Backend backend, EncoderConfig config, HeadFactory<H> head) {
        EncoderWithHead<H> model = new EncoderWithHead<>(backend, config, head);
        model.arena.allocateUntrained(backend);
        return model;
    }

    /** Where the parameters live. */
    public Backend backend() {
        return backend;
    }

    /** Sizes of the encoder. */
    public EncoderConfig config() {
        return config;
    }

    /** All parameters. */
    public ParameterArena parameters() {
        return arena;
    }

    /** The head. */
    public H head() {
        return head;
    }

    /** The last hidden states {@code [B*S, H]}. */
    public Variable encode(Tape tape, EncoderInputs inputs, boolean training) {
        List<Variable> states = encoder.apply(tape, inputs, training);
        return states.get(states.size() - 1);
    }

    /**
     * Layer-wise decay of the learning rate: the head learns at the full rate, layer i (from 0) of L at {@code decay^(L-i)} times it,
     * the embeddings with their projection at {@code decay^(L+1)}.
     *
     * @param compatible all but the head at {@code decay} times that, as in the original code, which counts one layer too many
     *     (google-research/electra, issue 51) and which published results were made with
     * @return the factor by a parameter's name
     */
    public ToDoubleFunction<String> layerwiseRates(double decay, boolean compatible) {
        int layers = config.layers();
        return name -> {
            if (name.startsWith(LAYER)) {
                int end = name.indexOf('.', LAYER.length());
                return layerwiseRate(layers, Integer.parseInt(name.substring(LAYER.length(), end)), decay, compatible);
            }
            return name.startsWith(ENCODER + ".") ? layerwiseRate(layers, EMBEDDINGS, decay, compatible) : 1;
        };
    }

    /** The factor of one layer of so many, from 0, or of {@link #EMBEDDINGS}; see {@link #layerwiseRates}. */
    public static double layerwiseRate(int layers, int layer, double decay, boolean compatible) {
        return Math.pow(decay, layers - layer + (compatible ? 1 : 0));
    }
}
