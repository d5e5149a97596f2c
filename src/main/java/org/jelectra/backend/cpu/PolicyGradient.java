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
        float[] lse = CpuStorage.floats(operands.logSumExp());
        int[] sampled = CpuStorage.ints(operands.sampled());
        int[] labels = CpuStorage.ints(operands.labels());
        float[] weights = CpuStorage.floats(operands.weights());
        float[] normalizers = CpuStorage.floats(operands.normalizer());
        int[] positions = CpuStorage.ints(operands.rows());
        float[] decisions = CpuStorage.floats(operands.discriminatorLogits());
        float[] baselines = CpuStorage.floats(operands.baseline());
        float[] rewards = CpuStorage.floats(operands.reward());
        float[] losses = CpuStorage.floats(operands.baselineLoss());
        float[] dBaselines = dBaseline == null ? null : CpuStorage.floats(dBaseline);
        int xo = CpuStorage.offset(operands.logits());
        int lseAt = CpuStorage.offset(operands.logSumExp());
        int sampledAt = CpuStorage.offset(operands.sampled());
        int labelAt = CpuStorage.offset(operands.labels());
        int weightAt = CpuStorage.offset(operands.weights());
        int normalizerAt = CpuStorage.offset(operands.normalizer());
        int positionAt = CpuStorage.offset(operands.rows());
        int decisionAt = CpuStorage.offset(operands.discriminatorLogits());
        int baselineAt = CpuStorage.offset(operands.baseline());
        int rewardAt = CpuStorage.offset(operands.reward());
        int lossAt = CpuStorage.offset(operands.baselineLoss());
        int dBaselineAt = dBaseline == null ? 0 : CpuStorage.offset(dBaseline);
        int rows = operands.logits().shape().rows();
        int vocabulary = operands.logits().shape().width();
        int tokens = (int) operands.discriminatorLogits().size();
        double[] rewardTerms = new double[rows];
        double[] lossTerms = new double[rows];
        Workers.Body body = (row, worker) -> {
            int at = xo + row * vocabulary;
            double weight = weights[weightAt + row];
            if (weight == 0) {
                rewardTerms[row] = 0;
                lossTerms[row] = 0;
                if (dBaselines != null) {
                    Arrays.fill(xs, at, at + vocabulary, 0f);
                    dBaselines[dBaselineAt + row] = 0;
                }
                return;
            }
            int token = sampled[sampledAt + row];
            double decision = decisions[
                    decisionAt
                            + Rows.row(
                                    "policy gradient: row of the discriminator's logits",
                                    operands.rows(),
                                    positions[positionAt + row],
                                    tokens)];
            // how far the discriminator is from the truth
            double wrong = token == labels[labelAt + row] ? decision : -decision;
            double baseline = baselines[baselineAt + row];
            double reward = Logistic.softplus(wrong);
            double target = Logistic.sigmoid(-wrong);
            rewardTerms[row] = weight * reward;
            // a part of the logit, where the difference of the whole and a part would cancel
            double miss = baseline > 0 ? baseline * Logistic.sigmoid(wrong) : -baseline * target;
            lossTerms[row] = weight * (miss + Math.log1p(Math.exp(-Math.abs(baseline))));
            if (dBaselines != null) {
                double factor = scale * weight / normalizers[normalizerAt];
                dBaselines[dBaselineAt + row] = (float) (factor * (Logistic.sigmoid(baseline) - target));
                float advantage = (float) (factor * (reward - Logistic.softplus(-baseline)));
                kernels.exp(1, lse[lseAt + row], advantage, xs, at, xs, at, vocabulary);
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
            rewards[rewardAt] = (float) (reward / normalizers[normalizerAt]);
            losses[lossAt] = (float) (loss / normalizers[normalizerAt]);
        };
    }
}
