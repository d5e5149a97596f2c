package org.jelectra.electra.heads;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jelectra.autograd.Parameter;
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
    /** Layers from 0 on, and {@link #EMBEDDINGS}, are frozen below that one. */
    private final int firstTrained;

    /** A model with new weights, a function of the seed, all of them trained. {@link EncoderFiles} loads trained ones. */
    public EncoderWithHead(Backend backend, EncoderConfig config, HeadFactory<H> head, long seed) {
        this(backend, config, head, null, seed);
    }

    /**
     * The same, with the embeddings, their projection and the first so many layers frozen: {@link #encode} records them as constants,
     * {@link #layerwiseRates} has the factor 0 for them, and their gradients have no memory.
     *
     * @param frozenLayers null where all is trained; 0: the embeddings alone
     * @throws IllegalArgumentException if there are fewer layers
     */
    public EncoderWithHead(
            Backend backend, EncoderConfig config, HeadFactory<H> head, Integer frozenLayers, long seed) {
        this(backend, config, head, frozenLayers == null ? EMBEDDINGS : requireLayers(frozenLayers, config));
        arena.allocate(backend, seed, this::isFrozen);
    }

    private static int requireLayers(int frozen, EncoderConfig config) {
        if (frozen < 0 || frozen > config.layers()) {
            throw new IllegalArgumentException(
                    "the number of frozen layers must be from 0 to " + config.layers() + ", got " + frozen);
        }
        return frozen;
    }

    private EncoderWithHead(Backend backend, EncoderConfig config, HeadFactory<H> head, int firstTrained) {
        this.backend = backend;
        this.config = config;
        this.firstTrained = firstTrained;
        encoder = new Encoder(arena, ENCODER, config, new Embeddings(arena, ENCODER + ".embeddings", config));
        this.head = head.create(arena, config);
    }

    /** A model whose weights are still to be loaded, all 0, and cannot be trained: gradients have no memory. */
    public static <H> EncoderWithHead<H> untrained(Backend backend, EncoderConfig config, HeadFactory<H> head) {
        EncoderWithHead<H> model = new EncoderWithHead<>(backend, config, head, EMBEDDINGS);
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

    /** Layers from the first on that are frozen, as are the embeddings: 0 for the embeddings alone; null where all is trained. */
    public Integer frozenLayers() {
        return firstTrained == EMBEDDINGS ? null : firstTrained;
    }

    /** All parameters. */
    public ParameterArena parameters() {
        return arena;
    }

    /** The word table [V, E], which a head that scores tokens has for its output matrix. */
    public Parameter words() {
        return encoder.embeddings().words();
    }

    /** The head. */
    public H head() {
        return head;
    }

    /** Number of the layer that a parameter of the encoder belongs to; the head's follows those of the layers. */
    private int layer(String name) {
        if (name.startsWith(LAYER)) {
            return Integer.parseInt(name.substring(LAYER.length(), name.indexOf('.', LAYER.length())));
        }
        return name.startsWith(ENCODER + ".") ? EMBEDDINGS : config.layers();
    }

    private boolean isFrozen(String name) {
        return layer(name) < firstTrained;
    }

    /** The last hidden states {@code [B*S, H]}. */
    public Variable encode(Tape tape, EncoderInputs inputs, boolean training) {
        tape.freeze(this::isFrozen);
        List<Variable> states = encoder.apply(tape, inputs, training);
        return states.get(states.size() - 1);
    }

    /**
     * Layer-wise decay of the learning rate: the head learns at the full rate, layer i (from 0) of L at {@code decay^(L-i)} times it,
     * the embeddings with their projection at {@code decay^(L+1)}.
     *
     * @param compatible all but the head at {@code decay} times that, as in the original code, which counts one layer too many
     *     (google-research/electra, issue 51) and which published results were made with
     * @return the factor by a parameter's name; 0 for what is frozen
     */
    public ToDoubleFunction<String> layerwiseRates(double decay, boolean compatible) {
        int layers = config.layers();
        return name -> {
            if (isFrozen(name)) {
                return 0;
            }
            int layer = layer(name);
            return layer == layers ? 1 : layerwiseRate(layers, layer, decay, compatible);
        };
    }

    /** The factor of one layer of so many, from 0, or of {@link #EMBEDDINGS}; see {@link #layerwiseRates}. */
    public static double layerwiseRate(int layers, int layer, double decay, boolean compatible) {
        return Math.pow(decay, layers - layer + (compatible ? 1 : 0));
    }
}
