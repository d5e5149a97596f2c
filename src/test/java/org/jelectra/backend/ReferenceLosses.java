package org.jelectra.backend;

/** Losses, their counts, and the choices of the samplers, in plain double arithmetic. */
final class ReferenceLosses {

    private ReferenceLosses() {}

    /** Log of the sum of exp of every row. */
    static double[] logSumExp(double[] logits, int width) {
        double[] result = new double[logits.length / width];
        for (int row = 0; row < result.length; row++) {
            double largest = logits[row * width + argMax(logits, row, width)];
            double sum = 0;
            for (int i = 0; i < width; i++) {
                sum += Math.exp(logits[row * width + i] - largest);
            }
            result[row] = largest + Math.log(sum);
        }
        return result;
    }

    /** Column of a row's largest element, the first of equals. */
    static int argMax(double[] x, int row, int width) {
        int best = 0;
        for (int i = 1; i < width; i++) {
            if (x[row * width + i] > x[row * width + best]) {
                best = i;
            }
        }
        return best;
    }

    /** {@code logSumExp(logits[r]) - logits[r, labels[r]]} of every row. */
    static double[] negativeLogLikelihood(double[] logits, int[] labels) {
        int width = logits.length / labels.length;
        double[] result = logSumExp(logits, width);
        for (int r = 0; r < labels.length; r++) {
            result[r] -= logits[r * width + labels[r]];
        }
        return result;
    }

    /** {@code sum(weights nll) / normalizer}. */
    static double crossEntropy(double[] logits, int[] labels, double[] weights, double normalizer) {
        double[] nll = negativeLogLikelihood(logits, labels);
        double sum = 0;
        for (int r = 0; r < labels.length; r++) {
            sum += weights[r] * nll[r];
        }
        return sum / normalizer;
    }

    /** {@code sum(mask bce) / normalizer}. */
    static double sigmoidCrossEntropy(double[] logits, int[] labels, int[] mask, double normalizer) {
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            double x = logits[i];
            sum += mask[i] * (Math.max(x, 0) - x * labels[i] + Math.log1p(Math.exp(-Math.abs(x))));
        }
        return sum / normalizer;
    }

    /** {@code log(exp(a) + exp(b))}. */
    private static double logAddExp(double a, double b) {
        return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
    }

    /** {@code log(1 + exp(x))}. */
    static double softplus(double x) {
        return logAddExp(0, x);
    }

    /** {@code 1 / (1 + exp(-x))}. */
    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** {@code sum(mask -log(D [label = copied] + (1 - D) softmax(label))) / normalizer}, D the gate's sigmoid. */
    static double copyCrossEntropy(
            double[] logits, double[] gate, int[] copied, int[] labels, int[] mask, double normalizer) {
        double[] nll = negativeLogLikelihood(logits, labels);
        double sum = 0;
        for (int r = 0; r < labels.length; r++) {
            double logCopied = labels[r] == copied[r] ? -softplus(-gate[r]) : Double.NEGATIVE_INFINITY;
            sum -= mask[r] * logAddExp(logCopied, -softplus(gate[r]) - nll[r]);
        }
        return sum / normalizer;
    }

    /** Whether the copied token is the most probable one of a row, else that of the largest logit is. */
    static boolean copies(double[] logits, int row, int width, double gate, int copied) {
        double[] p = distribution(logits, row, width, 1);
        return Math.exp(gate) >= p[argMax(p, 0, width)] - p[copied];
    }

    /** The discriminator's loss at each sampled token. */
    static double[] rewards(int[] sampled, int[] labels, int[] rows, double[] discriminatorLogits) {
        double[] rewards = new double[sampled.length];
        for (int r = 0; r < rewards.length; r++) {
            double x = discriminatorLogits[rows[r]];
            rewards[r] = softplus(sampled[r] == labels[r] ? x : -x);
        }
        return rewards;
    }

    /** {@code sum(weights bce) / normalizer} of the baseline's sigmoid to the targets {@code exp(-reward)}. */
    static double baselineLoss(double[] baseline, double[] rewards, double[] weights, double normalizer) {
        double sum = 0;
        for (int r = 0; r < rewards.length; r++) {
            double target = Math.exp(-rewards[r]);
            sum += weights[r] * (target * softplus(-baseline[r]) + (1 - target) * softplus(baseline[r]));
        }
        return sum / normalizer;
    }

    /** {@code sum(weights advantage -log softmax(sampled)) / normalizer}, whose gradient REINFORCE descends. */
    static double reinforce(
            double[] logits, int[] sampled, double[] rewards, double[] baseline, double[] weights, double normalizer) {
        double[] nll = negativeLogLikelihood(logits, sampled);
        double sum = 0;
        for (int r = 0; r < rewards.length; r++) {
            sum += weights[r] * (rewards[r] - softplus(-baseline[r])) * nll[r];
        }
        return sum / normalizer;
    }

    /** {@code sum(weights (x - targets)^2) / normalizer}. */
    static double squaredError(double[] x, double[] targets, double[] weights, double normalizer) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += weights[i] * (x[i] - targets[i]) * (x[i] - targets[i]);
        }
        return sum / normalizer;
    }

    /** Log of the sum of exp over the allowed positions of every sequence, of [B,S,C] for [B,C]. */
    static double[] positionsLogSumExp(double[] logits, int[] allowed, int batch) {
        int length = allowed.length / batch;
        int columns = logits.length / allowed.length;
        double[] result = new double[batch * columns];
        for (int i = 0; i < result.length; i++) {
            double sum = 0;
            for (int s = 0; s < length; s++) {
                int position = i / columns * length + s;
                sum += allowed[position] == 0 ? 0 : Math.exp(logits[position * columns + i % columns]);
            }
            result[i] = Math.log(sum);
        }
        return result;
    }

    /** See {@link Backend#spanCrossEntropy}. */
    static double spanCrossEntropy(double[] logits, int[] allowed, int[] targets, double[] weights, double normalizer) {
        int batch = weights.length;
        int columns = targets.length / batch;
        double[] logSumExp = positionsLogSumExp(logits, allowed, batch);
        double sum = 0;
        for (int i = 0; i < targets.length; i++) {
            int position = i / columns * (allowed.length / batch) + targets[i];
            sum += weights[i / columns] / columns * (logSumExp[i] - logits[position * columns + i % columns]);
        }
        return sum / normalizer;
    }

    /** See {@link Backend#poolPositions}. */
    static double[] poolPositions(double[] logits, double[] values, int[] allowed, int batch) {
        int length = allowed.length / batch;
        int width = values.length / allowed.length;
        double[] logSumExp = positionsLogSumExp(logits, allowed, batch);
        double[] y = new double[batch * width];
        for (int i = 0; i < values.length; i++) {
            int position = i / width;
            int sequence = position / length;
            double p = allowed[position] == 0 ? 0 : Math.exp(logits[position] - logSumExp[sequence]);
            y[sequence * width + i % width] += p * values[i];
        }
        return y;
    }

    /** True positives, false positives, true negatives, false negatives of the prediction {@code logit > 0}. */
    static double[] counts(double[] logits, int[] labels, int[] mask) {
        double[] counts = new double[4];
        for (int i = 0; i < logits.length; i++) {
            if (mask[i] != 0) {
                boolean predicted = logits[i] > 0;
                boolean replaced = labels[i] != 0;
                counts[predicted ? replaced ? 0 : 1 : replaced ? 3 : 2]++;
            }
        }
        return counts;
    }

    /** {@code softmax(logits / temperature)} of one row. */
    static double[] distribution(double[] logits, int row, int width, double temperature) {
        double[] scaled = new double[width];
        for (int i = 0; i < width; i++) {
            scaled[i] = logits[row * width + i] / temperature;
        }
        double shift = logSumExp(scaled, width)[0];
        for (int i = 0; i < width; i++) {
            scaled[i] = Math.exp(scaled[i] - shift);
        }
        return scaled;
    }

    /** {@code logits / temperature - log(-log(u + 1e-9) + 1e-9)}. */
    static double gumbelScore(double logit, double temperature, double uniform) {
        return logit / temperature - Math.log(-Math.log(uniform + 1e-9) + 1e-9);
    }
}
