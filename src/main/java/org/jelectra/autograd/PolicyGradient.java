package org.jelectra.autograd;

import java.util.List;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.PolicyGradientOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * A generator that learns by what the discriminator makes of its tokens, on a tape: begun by {@link
 * org.jelectra.autograd.Losses#policyGradient}, and ended by {@link #record} behind the discriminator. In between no step may write
 * the logits.
 */
public final class PolicyGradient {

    /**
     * What {@link PolicyGradient#record} leaves, readable after the program has run.
     *
     * @param reward FLOAT32 [1]: mean of what the generator maximises
     * @param baselineLoss FLOAT32 [1]: what its baseline minimises
     */
    public record Losses(Tensor reward, Tensor baselineLoss) {}

    private final Recording recording;
    private final Variable logits;
    private final CrossEntropyOperands measured;
    private final Tensor sampled;

    /**
     * @param measured masked-LM loss of the logits, recorded before
     * @param sampled INT32 [R]: tokens drawn from the logits
     */
    PolicyGradient(Recording recording, Variable logits, CrossEntropyOperands measured, Tensor sampled) {
        this.recording = recording;
        this.logits = logits;
        this.measured = measured;
        this.sampled = sampled;
    }

    /** Masked-LM loss FLOAT32 [1] of the logits, which nothing minimises. */
    public Tensor maskedLmLoss() {
        return measured.loss();
    }

    /**
     * The gradients of the generator's logits and of its baseline's, weighted by {@code lossWeight}; see
     * {@link Backend#policyGradient}. The former takes the logits' place as that of {@link org.jelectra.autograd.Losses#crossEntropy}
     * does; the discriminator's logits get none.
     *
     * @param rows INT32 [R]: where each row stands among the discriminator's logits
     * @param discriminatorLogits [T,1], after the discriminator's forward pass
     * @param baseline [R,1] logits
     */
    public Losses record(Tensor rows, Tensor discriminatorLogits, Variable baseline, float lossWeight) {
        Backend backend = recording.backend();
        Losses losses = new Losses(
                recording.keep(recording.tensor("reward", DType.FLOAT32, 1)),
                recording.keep(recording.tensor("baselineLoss", DType.FLOAT32, 1)));
        PolicyGradientOperands operands = new PolicyGradientOperands(
                logits.value(),
                measured.logSumExp(),
                sampled,
                measured.labels(),
                measured.weights(),
                measured.normalizer(),
                rows,
                discriminatorLogits,
                baseline.value(),
                losses.reward(),
                losses.baselineLoss());
        Step step = recording.forward(
                "policyGradient", StepTensors.of(operands), () -> backend.policyGradient(operands, lossWeight, null));
        recording.pullback(List.of(logits, baseline), () -> {
            Tensor dBaseline = recording.contribution(baseline);
            Step withGradient = withGradient(operands, lossWeight, dBaseline);
            recording.gradientInPlace(logits, step, withGradient, place -> {
                Step later = withGradient(operands.withLogits(place), lossWeight, dBaseline);
                recording.backward(later.name(), later.tensors(), later.prepare());
            });
            recording.addContribution(baseline, dBaseline);
        });
        return losses;
    }

    private Step withGradient(PolicyGradientOperands operands, float lossWeight, Tensor dBaseline) {
        Supplier<Operation> prepare = () -> recording.backend().policyGradient(operands, lossWeight, dBaseline);
        return new Step("policyGradient", StepTensors.of(operands, dBaseline), prepare, null);
    }
}
