package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Randomness;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.random.RandomStreams;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * One recorded pre-training step (Clark et al. 2020, section 2): the generator predicts the masked tokens; tokens sampled from
 * it, constants as far as gradients go, replace them; the discriminator tells for every token whether it was replaced.
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
    private final Tensor generatorLoss;
    private final Tensor correct;
    private final Tensor sampled;
    private final Tensor generatorLogits;
    private final List<Variable> generatorStates;
    private Tensor discriminatorLoss;
    private Tensor corruptedIds;
    private Tensor discriminatorLabels;
    private Tensor discriminatorLogits;
    private Tensor counts;
    private List<Variable> discriminatorStates = List.of();

    /** Records a step of the model over the inputs. */
    public PretrainingGraph(ElectraModel model, PretrainingInputs inputs, PretrainingOptions options, Mode mode) {
        this(model, inputs, options, mode, null, false);
    }

    /**
     * @param uniforms given noise FLOAT32 [R, V] for Gumbel-max sampling instead of random numbers, or null
     * @param keepStates whether all hidden states stay readable, and in training the generator's logits until the backward pass
     */
    PretrainingGraph(
            ElectraModel model,
            PretrainingInputs inputs,
            PretrainingOptions options,
            Mode mode,
            Tensor uniforms,
            boolean keepStates) {
        this.inputs = inputs;
        Backend backend = model.backend();
        Tape tape = new Tape(backend, inputs.clock());
        boolean training = mode == Mode.TRAINING;
        int slots = (int) inputs.maskedRows().size();

        generatorStates = model.generator().encode(tape, encoderInputs(inputs.maskedInputIds()), training);
        Variable logits = model.generator().logits(tape, last(generatorStates), inputs.maskedRows());
        generatorLogits = training && !keepStates ? logits.value() : tape.keep(logits.value());
        correct = tape.keep(tape.tensor("correct", DType.FLOAT32, slots));
        sampled = tape.keep(tape.tensor("sampled", DType.INT32, slots));
        if (model.discriminator() == null) {
            generatorLoss = loss(tape, logits, options);
        } else {
            if (options.sampler() == Sampler.MULTINOMIAL) {
                generatorLoss = lossAndSample(tape, logits, options);
            } else {
                // before the loss, whose gradient takes the place of the logits
                sampleGumbel(tape, backend, logits.value(), options, uniforms);
                generatorLoss = loss(tape, logits, options);
            }
            discriminate(tape, backend, model, options, training);
        }
        if (keepStates) {
            generatorStates.forEach(state -> tape.keep(state.value()));
            discriminatorStates.forEach(state -> tape.keep(state.value()));
        }
        if (training) {
            tape.backward();
        }
        program = tape.compile();
    }

    private Tensor loss(Tape tape, Variable logits, PretrainingOptions options) {
        return tape.losses()
                .crossEntropy(
                        logits,
                        inputs.maskedLabels(),
                        inputs.maskedWeights(),
                        inputs.maskedCount(),
                        correct,
                        options.generatorWeight());
    }

    /** Together, because the logits are the largest tensor of the step. */
    private Tensor lossAndSample(Tape tape, Variable logits, PretrainingOptions options) {
        return tape.losses()
                .crossEntropyAndSample(
                        logits,
                        inputs.maskedLabels(),
                        inputs.maskedWeights(),
                        inputs.maskedCount(),
                        correct,
                        options.generatorWeight(),
                        options.temperature(),
                        sampling(),
                        sampled);
    }

    private Randomness sampling() {
        return new Randomness(inputs.clock(), RandomStreams.SAMPLING);
    }

    private void sampleGumbel(Tape tape, Backend backend, Tensor logits, PretrainingOptions options, Tensor uniforms) {
        tape.record(
                "sampleGumbel",
                List.of(logits, sampled),
                () -> backend.sampleGumbel(logits, options.temperature(), uniforms, sampling(), sampled));
    }

    private void discriminate(
            Tape tape, Backend backend, ElectraModel model, PretrainingOptions options, boolean training) {
        int tokens = (int) inputs.inputIds().size();
        corruptedIds = tape.keep(tape.tensor("corruptedIds", DType.INT32, tokens));
        discriminatorLabels = tape.keep(tape.tensor("discriminatorLabels", DType.INT32, tokens));
        tape.record(
                "replaceTokens",
                List.of(sampled, corruptedIds, discriminatorLabels),
                () -> backend.replaceTokens(
                        inputs.inputIds(),
                        inputs.maskedRows(),
                        inputs.maskedWeights(),
                        sampled,
                        corruptedIds,
                        discriminatorLabels));
        discriminatorStates = model.discriminator().encode(tape, encoderInputs(corruptedIds), training);
        Variable logits = model.discriminator().logits(tape, last(discriminatorStates));
        discriminatorLogits = tape.keep(logits.value());
        counts = tape.keep(tape.tensor("counts", DType.FLOAT32, 4));
        discriminatorLoss = tape.losses()
                .sigmoidCrossEntropy(
                        logits,
                        discriminatorLabels,
                        inputs.attentionMask(),
                        inputs.tokenCount(),
                        counts,
                        options.discriminatorWeight());
    }

    private EncoderInputs encoderInputs(Tensor ids) {
        return new EncoderInputs(ids, inputs.attentionMask(), inputs.tokenTypes(), inputs.batch(), inputs.length());
    }

    private static Variable last(List<Variable> states) {
        return states.get(states.size() - 1);
    }

    /** Where the next batch is written. */
    public PretrainingInputs inputs() {
        return inputs;
    }

    /** Operations and memory. */
    public Program program() {
        return program;
    }

    /** Masked-LM loss FLOAT32[1]: this micro-batch's part of the mean over the whole batch. */
    public Tensor generatorLoss() {
        return generatorLoss;
    }

    /** FLOAT32 [R]: 1 where the generator's best guess is the original token. */
    public Tensor correct() {
        return correct;
    }

    /** INT32 [R]: the sampled tokens. */
    public Tensor sampled() {
        return sampled;
    }

    /** Replaced-token-detection loss FLOAT32[1]; null without a discriminator, like the four that follow. */
    public Tensor discriminatorLoss() {
        return discriminatorLoss;
    }

    /** INT32 [B*S]: the discriminator's input. */
    public Tensor corruptedIds() {
        return corruptedIds;
    }

    /** INT32 [B*S]: 1 for a replaced token. */
    public Tensor discriminatorLabels() {
        return discriminatorLabels;
    }

    /** FLOAT32 [B*S,1]: positive for "replaced". */
    public Tensor discriminatorLogits() {
        return discriminatorLogits;
    }

    /** FLOAT32 [4]: true positives, false positives, true negatives, false negatives. */
    public Tensor counts() {
        return counts;
    }

    /** FLOAT32 [R,V]; in training their gradient takes their place. */
    Tensor generatorLogits() {
        return generatorLogits;
    }

    List<Variable> generatorStates() {
        return generatorStates;
    }

    List<Variable> discriminatorStates() {
        return discriminatorStates;
    }
}
