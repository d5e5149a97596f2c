package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.PolicyGradient;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.tensor.Tensor;

/**
 * One recorded pre-training step (Clark et al. 2020, section 2): the generator predicts the masked tokens; tokens sampled from it,
 * constants as far as gradients go, replace them; the {@linkplain MainNetwork main network} reads the {@linkplain CorruptedTokens
 * corrupted text} and learns what its objective asks of it.
 */
public final class PretrainingGraph {

    /** What a recording is for. */
    public enum Mode {
        /** Forward with dropout, and backward. */
        TRAINING,
        /** Forward without dropout. */
        EVALUATION
    }

    private final PretrainingInputs inputs;
    private final Program program;
    private final GeneratorPass generator;
    private final CorruptedTokens corrupted;
    private final List<Variable> mainStates;
    private final MainResults main;
    private final PolicyGradient.Losses policy;

    /** Records a step of the model over the inputs. */
    public PretrainingGraph(ElectraModel model, PretrainingInputs inputs, LossOptions options, Mode mode) {
        this(model, inputs, options, mode, null, false);
    }

    /**
     * @param uniforms given noise FLOAT32 [R, V] for Gumbel-max sampling instead of random numbers, or null
     * @param keepStates whether all hidden states stay readable, and in training the generator's logits until the backward pass
     */
    PretrainingGraph(
            ElectraModel model,
            PretrainingInputs inputs,
            LossOptions options,
            Mode mode,
            Tensor uniforms,
            boolean keepStates) {
        this.inputs = inputs;
        Tape tape = new Tape(model.backend(), inputs.clock());
        boolean training = mode == Mode.TRAINING;
        generator = new GeneratorPass(tape, model, inputs, options, training, !training || keepStates, uniforms);
        if (model.main() == null) {
            corrupted = null;
            mainStates = List.of();
            main = null;
        } else {
            corrupted = CorruptedTokens.record(tape, model.backend(), inputs, generator.sampled());
            mainStates = model.main().encode(tape, inputs.encoder(corrupted.ids()), training);
            Variable last = mainStates.get(mainStates.size() - 1);
            main = model.main().learn(tape, last, corrupted, inputs, options.discriminatorWeight());
        }
        policy = generator.learn(tape, model, detection());
        if (keepStates) {
            generator.states().forEach(state -> tape.keep(state.value()));
            mainStates.forEach(state -> tape.keep(state.value()));
        }
        if (training) {
            tape.backward();
        }
        program = tape.compile();
    }

    /** Where the next batch is written. */
    public PretrainingInputs inputs() {
        return inputs;
    }

    /** Operations and memory. */
    public Program program() {
        return program;
    }

    /** Masked-LM loss FLOAT32[1] of the generator: this micro-batch's part of the mean over the whole batch. */
    public Tensor generatorLoss() {
        return generator.loss();
    }

    /** FLOAT32 [R]: 1 where the generator's best guess is the original token. */
    public Tensor correct() {
        return generator.correct();
    }

    /** INT32 [R]: the sampled tokens. */
    public Tensor sampled() {
        return generator.sampled();
    }

    /** What the main network reads; null where there is none. */
    public CorruptedTokens corrupted() {
        return corrupted;
    }

    /** How well the main network did; null where there is none. */
    public MainResults main() {
        return main;
    }

    /** How well the discriminator did; null where there is none. */
    public MainResults.Detection detection() {
        return main instanceof MainResults.Detection detection ? detection : null;
    }

    /**
     * FLOAT32[1]: mean of the discriminator's losses at the masked positions, which an adversarial generator maximises; this
     * micro-batch's part. Null for other generators.
     */
    public Tensor reward() {
        return policy == null ? null : policy.reward();
    }

    /** FLOAT32[1]: loss of what an adversarial generator expects of its reward, alike; null for other generators. */
    public Tensor baselineLoss() {
        return policy == null ? null : policy.baselineLoss();
    }

    /** [R, V or more]; in training their gradient takes their place. */
    Tensor generatorLogits() {
        return generator.logits().value();
    }

    List<Variable> generatorStates() {
        return generator.states();
    }

    List<Variable> mainStates() {
        return mainStates;
    }
}
