package org.jelectra.autograd;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jelectra.backend.Backend;
import org.jelectra.backend.CopyCrossEntropyOperands;
import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.backend.SigmoidCrossEntropyOperands;
import org.jelectra.backend.SpanCrossEntropyOperands;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** The losses that a {@link Tape} records; each begins a backward pass. They stay readable after the program has run. */
public final class Losses {

    private final Recording recording;
    private final Backend backend;

    Losses(Recording recording) {
        this.recording = recording;
        this.backend = recording.backend();
    }

    /**
     * The sum of all elements of x as a loss, weighted by {@code lossWeight} in the backward pass: for losses of one's own, which an
     * operation computes. Nothing is added up; x is kept, so that the loss is read from there.
     */
    public void sum(Variable x, float lossWeight) {
        recording.keep(x.value());
        recording.pullback(x, () -> {
            Tensor dx = recording.contribution(x);
            recording.backward("fill", List.of(dx), () -> backend.fill(dx, lossWeight));
            recording.addContribution(x, dx);
        });
    }

    /**
     * Masked-LM loss, weighted by {@code lossWeight} in the backward pass, and a draw from the same logits; see
     * {@link Backend#crossEntropy}. The loss of a constant is measured alone. Where nothing else on the tape needs the logits' values or
     * adds to their gradient in the backward pass, that takes their place: with the loss where no later step reads them and they are not
     * kept, else in the backward pass.
     *
     * @param logits [R,V]
     * @param labels INT32 [R], in [0, V) where the row counts: another one is an error on the CPU, and makes the loss infinite on a GPU,
     *     where the gradient stays finite
     * @param weights FLOAT32 [R]; a row of weight 0 counts for nothing, whatever its label. No label, such as -100, leaves a row out
     * @param normalizer FLOAT32 [1]
     * @param correct FLOAT32 [R], written; see {@link CrossEntropyOperands}
     * @param draw null for the loss alone
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor crossEntropy(
            Variable logits,
            Tensor labels,
            Tensor weights,
            Tensor normalizer,
            Tensor correct,
            float lossWeight,
            MultinomialDraw draw) {
        CrossEntropyOperands operands = operands(logits, labels, weights, normalizer, correct);
        List<Tensor> tensors = StepTensors.of(operands, draw);
        Step step = recording.forward(named("crossEntropy", draw), tensors, () -> backend.crossEntropy(operands, draw));
        recording.pullback(logits, () -> {
            Step withGradient = new Step(
                    named("crossEntropyWithGradient", draw),
                    tensors,
                    () -> backend.crossEntropyWithGradient(operands, draw, lossWeight),
                    null);
            recording.gradientInPlace(
                    logits, step, withGradient, place -> backward(operands.withLogits(place), lossWeight));
        });
        return operands.loss();
    }

    /** What benchmarks call an operation too. */
    private static String named(String operation, MultinomialDraw draw) {
        return draw == null ? operation : operation + " with a draw";
    }

    /**
     * The mean cross-entropy of all rows, in nats:
     * {@link #crossEntropy(Variable, Tensor, Tensor, Tensor, Tensor, float, MultinomialDraw)} without weights and a draw.
     *
     * @param logits [R,V]
     * @param labels INT32 [R], in [0, V); to leave rows out, give them the weight 0
     * @return the loss FLOAT32[1]
     */
    public Tensor crossEntropy(Variable logits, Tensor labels) {
        int rows = logits.value().shape().rows();
        Tensor correct = recording.tensor("correct", DType.FLOAT32, rows);
        return crossEntropy(logits, labels, filled("weights", rows, 1), filled("rows", 1, rows), correct, 1, null);
    }

    /**
     * The mean squared error of all rows:
     * {@link #squaredError(Variable, Tensor, Tensor, Tensor, float)} without weights.
     *
     * @param x [R,1]
     * @param targets FLOAT32 [R]
     * @return the loss FLOAT32[1]
     */
    public Tensor squaredError(Variable x, Tensor targets) {
        int rows = x.value().shape().rows();
        return squaredError(x, targets, filled("weights", rows, 1), filled("rows", 1, rows), 1);
    }

    /**
     * The mean binary cross-entropy of all rows, in nats:
     * {@link #sigmoidCrossEntropy(Variable, Tensor, Tensor, Tensor, Tensor, float)} without a mask and counts.
     *
     * @param logits [R,1]
     * @param labels INT32 [R], 0 or 1
     * @return the loss FLOAT32[1]
     */
    public Tensor sigmoidCrossEntropy(Variable logits, Tensor labels) {
        int rows = logits.value().shape().rows();
        Tensor mask = Tensor.of("mask", Shape.of(rows), backend.allocate(DType.INT32, rows), 0);
        int[] all = new int[rows];
        Arrays.fill(all, 1);
        backend.upload(all, 0, mask);
        Tensor counts = recording.tensor("counts", DType.FLOAT32, 4);
        return sigmoidCrossEntropy(logits, labels, mask, filled("rows", 1, rows), counts, 1);
    }

    /** A tensor in memory of its own, of that number alone. */
    private Tensor filled(String name, int size, float value) {
        Tensor tensor = Tensor.of(name, Shape.of(size), backend.allocate(DType.FLOAT32, size), 0);
        float[] values = new float[size];
        Arrays.fill(values, value);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private CrossEntropyOperands operands(
            Variable logits, Tensor labels, Tensor weights, Tensor normalizer, Tensor correct) {
        Tensor x = logits.value();
        Tensor logSumExp =
                recording.tensor("logSumExp", DType.FLOAT32, x.shape().rows());
        Tensor loss = recording.keep(recording.tensor("crossEntropyLoss", DType.FLOAT32, 1));
        return new CrossEntropyOperands(x, labels, weights, normalizer, logSumExp, correct, loss);
    }

    private void backward(CrossEntropyOperands operands, float lossWeight) {
        recording.backward(
                "crossEntropyBackward",
                StepTensors.of(operands),
                () -> backend.crossEntropyBackward(operands, lossWeight));
    }

    /**
     * Masked-LM loss of rows that may copy a token instead of predicting one, weighted by {@code lossWeight} in the backward pass; see
     * {@link Backend#copyCrossEntropy}. The gradient takes the logits' place as that of {@link #crossEntropy} does.
     *
     * @param gate [R,1] logits of the gate; they stay readable
     * @param copied INT32 [R]
     * @param labels INT32 [R]
     * @param mask INT32 [R], 1 for a row that counts
     * @param normalizer FLOAT32 [1]
     * @param correct FLOAT32 [R]
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor copyCrossEntropy(
            Variable logits,
            Variable gate,
            Tensor copied,
            Tensor labels,
            Tensor mask,
            Tensor normalizer,
            Tensor correct,
            float lossWeight) {
        Tensor logSumExp = recording.tensor(
                "logSumExp", DType.FLOAT32, logits.value().shape().rows());
        Tensor loss = recording.keep(recording.tensor("copyCrossEntropyLoss", DType.FLOAT32, 1));
        CopyCrossEntropyOperands operands = new CopyCrossEntropyOperands(
                logits.value(), gate.value(), copied, labels, mask, normalizer, logSumExp, correct, loss);
        Step step = recording.forward(
                "copyCrossEntropy", StepTensors.of(operands), () -> backend.copyCrossEntropy(operands));
        recording.pullback(List.of(logits, gate), () -> {
            Tensor dGate = recording.contribution(gate);
            Step withGradient = new Step(
                    "copyCrossEntropyWithGradient",
                    StepTensors.of(operands, dGate),
                    () -> backend.copyCrossEntropyWithGradient(operands, lossWeight, dGate),
                    null);
            recording.gradientInPlace(logits, step, withGradient, place -> {
                CopyCrossEntropyOperands inPlace = operands.withLogits(place);
                recording.backward(
                        "copyCrossEntropyBackward",
                        StepTensors.of(inPlace, dGate),
                        () -> backend.copyCrossEntropyBackward(inPlace, lossWeight, dGate));
            });
            recording.addContribution(gate, dGate);
        });
        return loss;
    }

    /**
     * Adversarial training of a generator whose tokens a discriminator will see: measures the masked-LM loss of its logits, without a
     * gradient, and draws one token a row from them at temperature 1. The logits stay as they are until
     * {@link PolicyGradient#record}, which gives them their gradient.
     *
     * @param logits [R,V]
     * @param labels INT32 [R]
     * @param weights [R]; rows of weight 0 count for nothing
     * @param normalizer FLOAT32 [1]
     * @param correct FLOAT32 [R]; see {@link Backend#crossEntropy}
     * @param randomness of the draw, or null where another step draws
     * @param sampled INT32 [R]
     */
    public PolicyGradient policyGradient(
            Variable logits,
            Tensor labels,
            Tensor weights,
            Tensor normalizer,
            Tensor correct,
            Randomness randomness,
            Tensor sampled) {
        CrossEntropyOperands operands = operands(logits, labels, weights, normalizer, correct);
        MultinomialDraw draw = randomness == null ? null : new MultinomialDraw(1, randomness, sampled);
        recording.forwardOnly(
                named("crossEntropy", draw),
                StepTensors.of(operands, draw),
                () -> backend.crossEntropy(operands, draw));
        return new PolicyGradient(recording, logits, operands, sampled);
    }

    /**
     * Replaced-token-detection loss, weighted by {@code lossWeight} in the backward pass; see
     * {@link Backend#sigmoidCrossEntropy}. The gradient is computed with the loss.
     *
     * @param logits [R,1]; they stay readable
     * @param labels INT32 [R], 0 or 1
     * @param mask INT32 [R], 1 for a row that counts
     * @param normalizer FLOAT32 [1]
     * @param counts FLOAT32 [4], written: true positives, false positives, true negatives, false negatives of {@code logit > 0}
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor sigmoidCrossEntropy(
            Variable logits, Tensor labels, Tensor mask, Tensor normalizer, Tensor counts, float lossWeight) {
        Tensor loss = recording.keep(recording.tensor("sigmoidLoss", DType.FLOAT32, 1));
        SigmoidCrossEntropyOperands operands =
                new SigmoidCrossEntropyOperands(logits.value(), labels, mask, normalizer, loss, counts);
        withGradient(
                "sigmoidCrossEntropy",
                StepTensors.of(operands),
                logits,
                dLogits -> backend.sigmoidCrossEntropy(operands, lossWeight, dLogits));
        return loss;
    }

    /**
     * Squared error, weighted by {@code lossWeight} in the backward pass; see {@link Backend#squaredError}. The gradient is computed
     * with the loss.
     *
     * @param x [R,1] predictions; they stay readable
     * @param targets FLOAT32 [R]
     * @param weights FLOAT32 [R]; rows of weight 0 count for nothing
     * @param normalizer FLOAT32 [1]
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor squaredError(Variable x, Tensor targets, Tensor weights, Tensor normalizer, float lossWeight) {
        Tensor loss = recording.keep(recording.tensor("squaredErrorLoss", DType.FLOAT32, 1));
        Tensor predictions = x.value();
        withGradient(
                "squaredError",
                StepTensors.of(predictions, targets, weights, normalizer, loss),
                x,
                dx -> backend.squaredError(predictions, targets, weights, normalizer, loss, lossWeight, dx));
        return loss;
    }

    /**
     * Cross-entropy over the positions of a sequence, as for the start and end of an answer, weighted by {@code lossWeight} in the
     * backward pass; see {@link Backend#spanCrossEntropy}. The gradient is computed with the loss.
     *
     * @param x [B*S,C] logits; they stay readable
     * @param allowed INT32 [B*S]: 0 for positions of probability 0
     * @param targets INT32 [B,C]: an allowed position of each sequence for each column
     * @param weights FLOAT32 [B]; sequences of weight 0 count for nothing
     * @param normalizer FLOAT32 [1]
     * @return the loss FLOAT32[1], without the weight
     */
    public Tensor spanCrossEntropy(
            Variable x, Tensor allowed, Tensor targets, Tensor weights, Tensor normalizer, float lossWeight) {
        Tensor loss = recording.keep(recording.tensor("spanCrossEntropyLoss", DType.FLOAT32, 1));
        SpanCrossEntropyOperands operands =
                new SpanCrossEntropyOperands(x.value(), allowed, targets, weights, normalizer, loss);
        withGradient(
                "spanCrossEntropy",
                StepTensors.of(operands),
                x,
                dx -> backend.spanCrossEntropy(operands, lossWeight, dx));
        return loss;
    }

    /** Appends a loss that computes the gradient of x as well, where it is given a tensor for it, not null. */
    private void withGradient(String name, List<Tensor> tensors, Variable x, Function<Tensor, Operation> prepare) {
        Step step = recording.forward(name, tensors, () -> prepare.apply(null));
        recording.pullback(x, () -> {
            Tensor dx = recording.contribution(x);
            recording.replace(step, new Step(name, StepTensors.of(tensors, dx), () -> prepare.apply(dx), null));
            recording.addContribution(x, dx);
        });
    }
}
