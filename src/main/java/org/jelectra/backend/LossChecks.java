package org.jelectra.backend;

import org.jelectra.tensor.Tensor;

/** {@link OperandChecks} of losses, of draws from logits and of what pools positions for a loss. */
public final class LossChecks {

    private LossChecks() {}

    /** Operands of {@link Backend#crossEntropy}. */
    public static void crossEntropy(CrossEntropyOperands operands, MultinomialDraw draw) {
        crossEntropyOperands("cross-entropy", operands)
                .floats("correct", operands.correct(), operands.logits().shape().rows())
                .floats("loss", operands.loss(), 1);
        if (draw != null) {
            sampleMultinomial(operands.logits(), draw);
        }
    }

    /** Operands of {@link Backend#crossEntropyBackward}. */
    public static void crossEntropyBackward(CrossEntropyOperands operands) {
        crossEntropyOperands("cross-entropy backward", operands);
    }

    private static Operands crossEntropyOperands(String operation, CrossEntropyOperands operands) {
        Tensor logits = operands.logits();
        int count = logits.shape().rows();
        return Operands.of(operation)
                .values("logits", logits, count, logits.shape().width())
                .ints("labels", operands.labels(), count)
                .floats("weights", operands.weights(), count)
                .floats("normalizer", operands.normalizer(), 1)
                .floats("logSumExp", operands.logSumExp(), count);
    }

    /** Operands of {@link Backend#sampleMultinomial}. */
    public static void sampleMultinomial(Tensor logits, MultinomialDraw draw) {
        samplingOperands("multinomial sampling", logits, draw.temperature(), draw.sampled())
                .randomness(draw.randomness());
    }

    /** Operands of {@link Backend#sampleGumbel}. */
    public static void sampleGumbel(
            Tensor logits, float temperature, Tensor uniforms, Randomness randomness, Tensor sampled) {
        Operands operands = samplingOperands("Gumbel sampling", logits, temperature, sampled);
        if (uniforms == null) {
            operands.require(randomness != null, "either uniforms or a source of random numbers is needed")
                    .randomness(randomness);
        } else {
            operands.floats("uniforms", uniforms, logits.size());
        }
    }

    private static Operands samplingOperands(String operation, Tensor logits, float temperature, Tensor sampled) {
        return Operands.of(operation)
                .values("logits", logits, logits.shape().rows(), logits.shape().width())
                .ints("sampled", sampled, logits.shape().rows())
                .require(temperature > 0, "temperature must be positive, got " + temperature);
    }

    /** Operands of {@link Backend#replaceTokens}. */
    public static void replaceTokens(
            Tensor ids, Tensor indices, Tensor weights, Tensor sampled, Tensor corrupted, Tensor labels) {
        Operands.of("replace tokens")
                .ints("ids", ids, ids.size())
                .ints("rows", indices, indices.size())
                .floats("weights", weights, indices.size())
                .ints("sampled", sampled, indices.size())
                .ints("corrupted", corrupted, ids.size())
                .ints("labels", labels, ids.size());
    }

    /** Operands of {@link Backend#sigmoidCrossEntropy}. */
    public static void sigmoidCrossEntropy(SigmoidCrossEntropyOperands operands, Tensor dLogits) {
        Tensor logits = operands.logits();
        Operands checked = Operands.of("sigmoid cross-entropy")
                .values("logits", logits, logits.size())
                .ints("labels", operands.labels(), logits.size())
                .ints("mask", operands.mask(), logits.size())
                .floats("normalizer", operands.normalizer(), 1)
                .floats("loss", operands.loss(), 1)
                .floats("counts", operands.counts(), 4);
        if (dLogits != null) {
            checked.values("dLogits", dLogits, logits.size());
        }
    }

    /** Operands of {@link Backend#copyCrossEntropy}. */
    public static void copyCrossEntropy(CopyCrossEntropyOperands operands) {
        copyOperands("copy cross-entropy", operands)
                .floats("correct", operands.correct(), operands.logits().shape().rows())
                .floats("loss", operands.loss(), 1);
    }

    /** Operands of {@link Backend#copyCrossEntropyBackward}. */
    public static void copyCrossEntropyBackward(CopyCrossEntropyOperands operands, Tensor dGate) {
        copyOperands("copy cross-entropy backward", operands)
                .values("dGate", dGate, operands.logits().shape().rows());
    }

    private static Operands copyOperands(String operation, CopyCrossEntropyOperands operands) {
        Tensor logits = operands.logits();
        int count = logits.shape().rows();
        return Operands.of(operation)
                .values("logits", logits, count, logits.shape().width())
                .values("gate", operands.gate(), count)
                .ints("copied", operands.copied(), count)
                .ints("labels", operands.labels(), count)
                .ints("mask", operands.mask(), count)
                .floats("normalizer", operands.normalizer(), 1)
                .floats("logSumExp", operands.logSumExp(), count);
    }

    /** Operands of {@link Backend#policyGradient}. */
    public static void policyGradient(PolicyGradientOperands operands, Tensor dBaseline) {
        Tensor logits = operands.logits();
        int count = logits.shape().rows();
        Operands checked = Operands.of("policy gradient")
                .values("logits", logits, count, logits.shape().width())
                .floats("logSumExp", operands.logSumExp(), count)
                .ints("sampled", operands.sampled(), count)
                .ints("labels", operands.labels(), count)
                .floats("weights", operands.weights(), count)
                .floats("normalizer", operands.normalizer(), 1)
                .ints("rows", operands.rows(), count)
                .values(
                        "discriminatorLogits",
                        operands.discriminatorLogits(),
                        operands.discriminatorLogits().size())
                .values("baseline", operands.baseline(), count)
                .floats("reward", operands.reward(), 1)
                .floats("baselineLoss", operands.baselineLoss(), 1);
        if (dBaseline != null) {
            checked.values("dBaseline", dBaseline, count);
        }
    }

    /** Operands of {@link Backend#squaredError}. */
    public static void squaredError(
            Tensor x, Tensor targets, Tensor weights, Tensor normalizer, Tensor loss, Tensor dx) {
        Operands operands = Operands.of("squared error")
                .values("x", x, x.size())
                .floats("targets", targets, x.size())
                .floats("weights", weights, x.size())
                .floats("normalizer", normalizer, 1)
                .floats("loss", loss, 1);
        if (dx != null) {
            operands.values("dx", dx, x.size());
        }
    }

    /** Operands of {@link Backend#spanCrossEntropy}. */
    public static void spanCrossEntropy(SpanCrossEntropyOperands operands, Tensor dLogits) {
        Tensor logits = operands.logits();
        int rows = logits.shape().rows();
        int columns = logits.shape().width();
        Operands checked = positions("cross-entropy over positions", rows, "weights", operands.weights())
                .values("logits", logits, rows, columns)
                .ints("allowed", operands.allowed(), rows)
                .ints("targets", operands.targets(), operands.weights().size() * columns)
                .floats("normalizer", operands.normalizer(), 1)
                .floats("loss", operands.loss(), 1);
        if (dLogits != null) {
            checked.values("dLogits", dLogits, rows, columns);
        }
    }

    /** Operands of {@link Backend#poolPositions}. */
    public static void poolPositions(PositionPoolingOperands operands) {
        int width = operands.values().shape().width();
        pooling("mean over positions", operands).values("y", operands.y(), operands.batch(), width);
    }

    /** Operands of {@link Backend#poolPositionsBackward}. */
    public static void poolPositionsBackward(
            PositionPoolingOperands operands, Tensor dy, Tensor dLogits, Tensor dValues) {
        int rows = operands.values().shape().rows();
        int width = operands.values().shape().width();
        pooling("mean over positions backward", operands)
                .values("dy", dy, operands.batch(), width)
                .values("dLogits", dLogits, rows)
                .values("dValues", dValues, rows, width);
    }

    private static Operands pooling(String operation, PositionPoolingOperands operands) {
        Tensor values = operands.values();
        int rows = values.shape().rows();
        return positions(operation, rows, "logSumExp", operands.logSumExp())
                .values("values", values, rows, values.shape().width())
                .values("logits", operands.logits(), rows)
                .ints("allowed", operands.allowed(), rows);
    }

    /** Requires a whole number of rows for each sequence, of which there are as many as the tensor has elements. */
    private static Operands positions(String operation, int rows, String role, Tensor perSequence) {
        long batch = perSequence.size();
        return Operands.of(operation)
                .floats(role, perSequence, batch)
                .require(
                        batch > 0 && rows % batch == 0,
                        "there must be a whole number of positions for each sequence, got " + rows + " elements and "
                                + perSequence);
    }
}
