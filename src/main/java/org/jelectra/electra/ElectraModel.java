package org.jelectra.electra;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.nn.Embeddings;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/** Generator and main network with their parameters, under HuggingFace's names prefixed with the network's. */
public final class ElectraModel {

    /** Name of the generator: prefix of its parameters, folder of its files. */
    public static final String GENERATOR = "generator";
    /** Name of the main network, whatever its objective: of ELECTRA's it is the discriminator. */
    public static final String DISCRIMINATOR = "discriminator";

    private static final String ENCODER = ".electra";
    private static final String EMBEDDINGS = ".electra.embeddings";

    private final Backend backend;
    private final ElectraConfig config;
    private final ParameterArena arena = new ParameterArena();
    private final Generator generator;
    private final MainNetwork main;
    private final GeneratorBaseline baseline;

    /** A model with new weights, a function of the seed. */
    public ElectraModel(Backend backend, ElectraConfig config, long seed) {
        this(backend, config);
        arena.allocate(backend, seed);
    }

    /** A model whose weights are all 0, for those that are about to be read. */
    public static ElectraModel withoutWeights(Backend backend, ElectraConfig config) {
        ElectraModel model = new ElectraModel(backend, config);
        model.arena.allocate(backend);
        return model;
    }

    /** The same for weights that are not trained: their gradients have no memory, so that no backward pass can be recorded. */
    static ElectraModel untrained(Backend backend, ElectraConfig config) {
        ElectraModel model = new ElectraModel(backend, config);
        model.arena.allocateUntrained(backend);
        return model;
    }

    private ElectraModel(Backend backend, ElectraConfig config) {
        this.backend = backend;
        this.config = config;
        Encoder mainEncoder = null;
        if (config.hasMainNetwork()) {
            Embeddings embeddings = new Embeddings(arena, DISCRIMINATOR + EMBEDDINGS, config.discriminator());
            mainEncoder = new Encoder(arena, DISCRIMINATOR + ENCODER, config.discriminator(), embeddings);
        }
        Encoder generatorEncoder = generatorEncoder(mainEncoder);
        generator = new Generator(arena, GENERATOR, config.generator(), generatorEncoder);
        main = mainNetwork(mainEncoder);
        // last, so that the initial weights of all others are the same with and without it
        baseline = config.generatorTraining() == GeneratorTraining.ADVERSARIAL
                ? new GeneratorBaseline(arena, config.generator())
                : null;
    }

    private MainNetwork mainNetwork(Encoder encoder) {
        return switch (config.objective()) {
            case ELECTRA, ELECTRA_15 -> new Discriminator(arena, DISCRIMINATOR, config.discriminator(), encoder);
            case REPLACE_MLM -> new TokenPredictor(arena, DISCRIMINATOR, config.discriminator(), encoder);
            case ALL_TOKENS_MLM -> new CopyingTokenPredictor(arena, DISCRIMINATOR, config.discriminator(), encoder);
            case MLM -> null;
        };
    }

    private Encoder generatorEncoder(Encoder mainEncoder) {
        if (mainEncoder != null && config.sharing() == Sharing.ALL) {
            return mainEncoder;
        }
        Embeddings embeddings = mainEncoder != null && config.sharing() == Sharing.EMBEDDINGS
                ? mainEncoder.embeddings()
                : new Embeddings(arena, GENERATOR + EMBEDDINGS, config.generator());
        return new Encoder(arena, GENERATOR + ENCODER, config.generator(), embeddings);
    }

    /** Where the parameters live. */
    public Backend backend() {
        return backend;
    }

    /** Sizes. */
    public ElectraConfig config() {
        return config;
    }

    /** All parameters, each once. */
    public ParameterArena parameters() {
        return arena;
    }

    /** The masked-language model. */
    public Generator generator() {
        return generator;
    }

    /** The network that reads the corrupted tokens; null with {@link Objective#MLM}. */
    public MainNetwork main() {
        return main;
    }

    /** The main network where it is a discriminator, else null. */
    public Discriminator discriminator() {
        return main instanceof Discriminator discriminator ? discriminator : null;
    }

    /** What an adversarial generator expects of the discriminator; null for others. */
    GeneratorBaseline baseline() {
        return baseline;
    }

    /** Whether training changes the parameter of that name. */
    public boolean trains(String parameter) {
        return config.generatorTraining() != GeneratorTraining.FROZEN || !parameter.startsWith(GENERATOR + ".");
    }

    /**
     * One network's parameters under HuggingFace's names, shared ones included; {@code generator_lm_head.weight} is the word
     * table. The {@linkplain #copyGate copy gate} is not among them.
     *
     * @param network {@link #GENERATOR} or {@link #DISCRIMINATOR}
     */
    public Map<String, Tensor> stateDict(String network) {
        Map<String, Tensor> state = new LinkedHashMap<>();
        boolean sharesEmbeddings = config.hasMainNetwork() && config.sharing() != Sharing.NONE;
        boolean sharesEncoder = config.hasMainNetwork() && config.sharing() == Sharing.ALL;
        for (Parameter parameter : arena.parameters()) {
            String name = parameter.name();
            boolean own = name.startsWith(network + ".");
            boolean shared = network.equals(GENERATOR)
                    && (sharesEmbeddings && name.startsWith(DISCRIMINATOR + EMBEDDINGS + ".")
                            || sharesEncoder && name.startsWith(DISCRIMINATOR + ENCODER + "."));
            if (own || shared) {
                state.put(name.substring(name.indexOf('.') + 1), parameter.value());
            }
        }
        if (network.equals(GENERATOR) || main instanceof TokenPredictor || main instanceof CopyingTokenPredictor) {
            state.put(ModelFiles.OUTPUT_WORDS, state.get(ModelFiles.WORDS));
        }
        return state;
    }

    /** The copy gate's parameters by name, which no class of HuggingFace has; none but with {@link Objective#ALL_TOKENS_MLM}. */
    public Map<String, Tensor> copyGate() {
        Map<String, Tensor> gate = new LinkedHashMap<>();
        for (Parameter parameter : arena.parameters()) {
            if (parameter.name().startsWith(CopyingTokenPredictor.GATE + ".")) {
                gate.put(parameter.name(), parameter.value());
            }
        }
        return gate;
    }
}
