package org.jelectra.electra;

/** The heads and losses of main networks in plain double arithmetic, a position at a time, from the last hidden states. */
final class MainReference {

    /** A position's loss, and whether its best guess is right. */
    record Guess(double loss, boolean right) {}

    /** The parameters by name. */
    interface Weights {
        double[] of(String name);
    }

    private final Weights weights;

    MainReference(Weights weights) {
        this.weights = weights;
    }

    /** Binary cross-entropy of "replaced" at a position. */
    Guess detect(double[] hidden, boolean replaced) {
        String head = "discriminator.discriminator_predictions.";
        double[] inner = dense(hidden, head + "dense");
        gelu(inner);
        double probability = sigmoid(dense(inner, head + "dense_prediction")[0]);
        return new Guess(-Math.log(replaced ? probability : 1 - probability), probability > 0.5 == replaced);
    }

    /** Cross-entropy of the original token. */
    Guess predict(double[] hidden, int original) {
        double[] probabilities = softmax(hidden);
        return new Guess(-Math.log(probabilities[original]), largest(probabilities) == original);
    }

    /** Cross-entropy of the original token, which may be copied from the input. */
    Guess predictOrCopy(double[] hidden, int input, int original) {
        double[] probabilities = softmax(hidden);
        double copies = sigmoid(dense(hidden, "copy_gate")[0]);
        for (int token = 0; token < probabilities.length; token++) {
            probabilities[token] = (1 - copies) * probabilities[token] + (token == input ? copies : 0);
        }
        return new Guess(-Math.log(probabilities[original]), largest(probabilities) == original);
    }

    private double[] softmax(double[] hidden) {
        double[] inner = dense(hidden, "discriminator.generator_predictions.dense");
        gelu(inner);
        normalize(inner, "discriminator.generator_predictions.LayerNorm");
        double[] words = weights.of("discriminator.electra.embeddings.word_embeddings.weight");
        double[] scores = weights.of("discriminator.generator_lm_head.bias").clone();
        double sum = 0;
        for (int token = 0; token < scores.length; token++) {
            for (int i = 0; i < inner.length; i++) {
                scores[token] += words[token * inner.length + i] * inner[i];
            }
            scores[token] = Math.exp(scores[token]);
            sum += scores[token];
        }
        for (int token = 0; token < scores.length; token++) {
            scores[token] /= sum;
        }
        return scores;
    }

    private double[] dense(double[] x, String name) {
        double[] matrix = weights.of(name + ".weight");
        double[] y = weights.of(name + ".bias").clone();
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < x.length; j++) {
                y[i] += matrix[i * x.length + j] * x[j];
            }
        }
        return y;
    }

    private void normalize(double[] x, String name) {
        double mean = 0;
        for (double value : x) {
            mean += value / x.length;
        }
        double variance = 1e-12;
        for (double value : x) {
            variance += (value - mean) * (value - mean) / x.length;
        }
        double[] scale = weights.of(name + ".weight");
        double[] shift = weights.of(name + ".bias");
        for (int i = 0; i < x.length; i++) {
            x[i] = (x[i] - mean) / Math.sqrt(variance) * scale[i] + shift[i];
        }
    }

    private static void gelu(double[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] *= (1 + erf(x[i] / Math.sqrt(2))) / 2;
        }
    }

    // the series of all positive terms, for small arguments
    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 100; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static int largest(double[] values) {
        int largest = 0;
        for (int i = 1; i < values.length; i++) {
            largest = values[i] > values[largest] ? i : largest;
        }
        return largest;
    }
}
