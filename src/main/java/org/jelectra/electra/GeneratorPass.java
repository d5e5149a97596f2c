package org.jelectra.electra;

import java.util.List;
import org.jelectra.autograd.PolicyGradient;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.Randomness;
import org.jelectra.random.RandomStreams;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * The generator's part of a recorded step: it reads the masked tokens, predicts the original ones at the selected positions, and
 * draws a token for each of them where a main network is to read it.
 */
final class GeneratorPass {

    private final PretrainingInputs inputs;
    private final LossOptions options;
    private final List<Variable> states;
    private final Variable logits;
    private final Tensor correct;
    private final Tensor sampled;
    private final Tensor loss;
    /** Null where the generator is not adversarial. */
    private final PolicyGradient policy;

    /**
     * Records the pass.
     *
     * @param training with dropout, and with a gradient of the loss, which takes the place of the logits; of a frozen generator with
     *     dropout alone
     * @param keepLogits whether the logits stay readable
     * @param uniforms given noise FLOAT32 [R, V] for Gumbel-max sampling instead of random numbers, or null
     */
    GeneratorPass(
            Tape tape,
            ElectraModel model,
            PretrainingInputs inputs,
            LossOptions options,
            boolean training,
            boolean keepLogits,
            Tensor uniforms) {
        this.inputs = inputs;
        this.options = options;
        int slots = (int) inputs.maskedRows().size();
        states = model.generator().encode(tape, inputs.encoder(inputs.maskedInputIds()), training);
        boolean draws = model.main() != null;
        boolean multinomial = options.sampler() == Sampler.MULTINOMIAL;
        Variable hidden = states.get(states.size() - 1);
        // the Gumbel maximum takes a random number for each logit: with more of these they would be others
        Variable computed = draws && !multinomial
                ? model.generator().logits(tape, hidden, inputs.maskedRows())
                : model.generator().wideLogits(tape, hidden, inputs.maskedRows());
        boolean frozen = model.config().generatorTraining() == GeneratorTraining.FROZEN;
        // where no gradient begins, no backward pass is recorded
        logits = frozen ? tape.constant(computed.value()) : computed;
        if (keepLogits) {
            tape.keep(logits.value());
        }
        correct = tape.keep(tape.tensor("correct", DType.FLOAT32, slots));
        sampled = tape.keep(tape.tensor("sampled", DType.INT32, slots));
        if (draws && !multinomial) {
            // before the loss, whose gradient takes the place of the logits
            sampleGumbel(tape, model, uniforms);
        }
        if (model.baseline() != null) {
            options.requireForAdversarial();
            policy = policy(tape, multinomial ? sampling() : null);
            loss = policy.maskedLmLoss();
        } else {
            policy = null;
            loss = loss(
                    tape,
                    draws && multinomial ? new MultinomialDraw(options.temperature(), sampling(), sampled) : null);
        }
    }

    /** With the draw, because the logits are the largest tensor of the step. */
    private Tensor loss(Tape tape, MultinomialDraw draw) {
        return tape.losses()
                .crossEntropy(
                        logits,
                        inputs.maskedLabels(),
                        inputs.maskedWeights(),
                        inputs.maskedCount(),
                        correct,
                        options.generatorWeight(),
                        draw);
    }

    private PolicyGradient policy(Tape tape, Randomness randomness) {
        return tape.losses()
                .policyGradient(
                        logits,
                        inputs.maskedLabels(),
                        inputs.maskedWeights(),
                        inputs.maskedCount(),
                        correct,
                        randomness,
                        sampled);
    }

    /**
     * Records what an adversarial generator learns of the discriminator's judgement, behind it; null for others.
     *
     * @param detection the discriminator's results
     */
    PolicyGradient.Losses learn(Tape tape, ElectraModel model, MainResults.Detection detection) {
        if (policy == null) {
            return null;
        }
        Variable baseline = model.baseline().logits(tape, states.get(states.size() - 1), inputs.maskedRows());
        return policy.record(inputs.maskedRows(), detection.logits(), baseline, options.generatorWeight());
    }

    private void sampleGumbel(Tape tape, ElectraModel model, Tensor uniforms) {
        Tensor x = logits.value();
        tape.record(
                "sampleGumbel",
                List.of(x, sampled),
                () -> model.backend().sampleGumbel(x, options.temperature(), uniforms, sampling(), sampled));
    }

    private Randomness sampling() {
        return new Randomness(inputs.clock(), RandomStreams.SAMPLING);
    }

    /** Hidden states, those of the last layer last. */
    List<Variable> states() {
        return states;
    }

    /** [R, V or more]; in training their gradient takes their place. */
    Variable logits() {
        return logits;
    }

    /** FLOAT32 [R]: 1 where the best guess is the original token. */
    Tensor correct() {
        return correct;
    }

    /** INT32 [R]: the drawn tokens; never written without a main network. */
    Tensor sampled() {
        return sampled;
    }

    /** Masked-LM loss FLOAT32[1], without its weight. */
    Tensor loss() {
        return loss;
    }
}
