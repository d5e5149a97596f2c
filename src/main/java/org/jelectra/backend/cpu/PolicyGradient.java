package org.jelectra.backend.cpu;

import java.util.Arrays;
import org.jelectra.backend.Operation;
import org.jelectra.backend.PolicyGradientOperands;
import org.jelectra.tensor.Tensor;

/** The gradient that an adversarial generator learns by. Rows in parallel, their few scalars in double, sums in ascending order. */
final class PolicyGradient {

    private final Workers workers;
    private final CpuKernels kernels;

    PolicyGradient(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
    }

    /** @param dBaseline null for no gradients */
    Operation policyGradient(PolicyGradientOperands operands, float scale, Tensor dBaseline) {
        float[] xs = CpuStorage.floats(operands.logits());
        Floats lse = Floats.of(operands.logSumExp());
        Ints sampled = Ints.of(operands.sampled());
        Ints labels = Ints.of(operands.labels());
        Floats weights = Floats.of(operands.weights());
        Floats normalizers = Floats.of(operands.normalizer());
        Ints positions = Ints.of(operands.rows());
        float[] decisions = CpuStorage.floats(operands.discriminatorLogits());
        Floats baselines = Floats.of(operands.baseline());
        Floats rewards = Floats.of(operands.reward());
        Floats losses = Floats.of(operands.baselineLoss());
        float[] dBaselines = dBaseline == null ? null : CpuStorage.floats(dBaseline);
        int xo = CpuStorage.offset(operands.logits());
        int decisionAt = CpuStorage.offset(operands.discriminatorLogits());
        int dBaselineAt = dBaseline == null ? 0 : CpuStorage.offset(dBaseline);
        int rows = operands.logits().shape().rows();
        int vocabulary = operands.logits().shape().width();
        int tokens = (int) operands.discriminatorLogits().size();
        double[] rewardTerms = new double[rows];
        double[] lossTerms = new double[rows];
        Workers.Body body = (row, worker) -> {
            int at = xo + row * vocabulary;
            double weight = weights.get(row);
            if (weight == 0) {
                rewardTerms[row] = 0;
                lossTerms[row] = 0;
                if (dBaselines != null) {
                    Arrays.fill(xs, at, at + vocabulary, 0f);
                    dBaselines[dBaselineAt + row] = 0;
                }
                return;
            }
            int token = sampled.get(row);
            double decision = decisions[
                    decisionAt
                            + Rows.row(
                                    "policy gradient: row of the discriminator's logits",
                                    operands.rows(),
                                    positions.get(row),
                                    tokens)];
            // how far the discriminator is from the truth
            double wrong = token == labels.get(row) ? decision : -decision;
            double baseline = baselines.get(row);
            double reward = Logistic.softplus(wrong);
            double target = Logistic.sigmoid(-wrong);
            rewardTerms[row] = weight * reward;
            // a part of the logit, where the difference of the whole and a part would cancel
            double miss = baseline > 0 ? baseline * Logistic.sigmoid(wrong) : -baseline * target;
            lossTerms[row] = weight * (miss + Math.log1p(Math.exp(-Math.abs(baseline))));
            if (dBaselines != null) {
                double factor = scale * weight / normalizers.get(0);
                dBaselines[dBaselineAt + row] = (float) (factor * (Logistic.sigmoid(baseline) - target));
                float advantage = (float) (factor * (reward - Logistic.softplus(-baseline)));
                kernels.exp(1, lse.get(row), advantage, xs, at, xs, at, vocabulary);
                Losses.subtract(advantage, xs, at, vocabulary, token);
            }
        };
        return () -> {
            workers.run(rows, body);
            double reward = 0;
            double loss = 0;
            for (int row = 0; row < rows; row++) {
                reward += rewardTerms[row];
                loss += lossTerms[row];
            }
            rewards.set(0, (float) (reward / normalizers.get(0)));
            losses.set(0, (float) (loss / normalizers.get(0)));
        };
    }
}
