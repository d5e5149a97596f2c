package org.jelectra.electra.heads;

import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.nn.ParameterArena;

/**
 * The joint head in float64, as its definition reads: layers over concatenated vectors, plain loops. Gradients are central
 * differences. Layout of a batch: B sequences of S positions; those of sequence b from {@code first[b]} to {@code last[b]} are its
 * context.
 */
final class JointSpanReference {

    static final String HIDDEN_STATES = "hidden";

    private final Map<String, double[]> parameters = new HashMap<>();
    private final int length;
    private final int width;
    private final int[] first;
    private final int[] last;

    /** @param hidden [B*S*H], beside the head's parameters in the arena */
    JointSpanReference(Backend backend, ParameterArena arena, float[] hidden, int width, int[] first, int[] last) {
        for (Parameter parameter : arena.parameters()) {
            float[] values = new float[(int) parameter.value().size()];
            backend.download(parameter.value(), values, 0);
            parameters.put(parameter.name(), doubles(values));
        }
        parameters.put(HIDDEN_STATES, doubles(hidden));
        this.length = hidden.length / width / first.length;
        this.width = width;
        this.first = first;
        this.last = last;
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    double start(int sequence, int position) {
        double[] weight = parameters.get("qa_start.weight");
        double sum = parameters.get("qa_start.bias")[0];
        for (int j = 0; j < width; j++) {
            sum += weight[j] * state(sequence, position)[j];
        }
        return sum;
    }

    double end(int sequence, int start, int position) {
        return pair("qa_end", state(sequence, position), state(sequence, start));
    }

    double unanswerable(int sequence) {
        double[] mean = new double[width];
        double sum = 0;
        for (int t = 0; t < length; t++) {
            double share = isAllowed(sequence, t) ? Math.exp(start(sequence, t)) : 0;
            sum += share;
            for (int j = 0; j < width; j++) {
                mean[j] += share * state(sequence, t)[j];
            }
        }
        for (int j = 0; j < width; j++) {
            mean[j] /= sum;
        }
        return pair("qa_unanswerable", state(sequence, 0), mean);
    }

    /** Half the sum of the three losses, over the sequences below {@code counted}. */
    double loss(int counted, int[] starts, int[] ends) {
        double sum = 0;
        for (int b = 0; b < counted; b++) {
            int sequence = b;
            sum += crossEntropy(sequence, starts[b], t -> start(sequence, t)) / 2;
            sum += crossEntropy(sequence, ends[b], t -> end(sequence, starts[sequence], t)) / 2;
            double logit = unanswerable(b);
            sum += 0.5 * Math.log1p(Math.exp(starts[b] == 0 ? -logit : logit));
        }
        return sum;
    }

    private interface Logit {
        double at(int position);
    }

    private double crossEntropy(int sequence, int target, Logit logit) {
        double sum = 0;
        for (int t = 0; t < length; t++) {
            sum += isAllowed(sequence, t) ? Math.exp(logit.at(t)) : 0;
        }
        return Math.log(sum) - logit.at(target);
    }

    boolean isAllowed(int sequence, int position) {
        return position == 0 || position >= first[sequence] && position <= last[sequence];
    }

    /** Derivative by every element of a parameter. */
    double[] gradient(String name, DoubleSupplier loss) {
        double[] values = parameters.get(name);
        double[] gradient = new double[values.length];
        double step = 1e-5;
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            values[i] = value + step;
            double above = loss.getAsDouble();
            values[i] = value - step;
            gradient[i] = (above - loss.getAsDouble()) / (2 * step);
            values[i] = value;
        }
        return gradient;
    }

    private double[] state(int sequence, int position) {
        double[] state = new double[width];
        System.arraycopy(parameters.get(HIDDEN_STATES), (sequence * length + position) * width, state, 0, width);
        return state;
    }

    private double pair(String name, double[] one, double[] two) {
        double[] firstDense = parameters.get(name + ".first_dense.weight");
        double[] secondDense = parameters.get(name + ".second_dense.weight");
        double[] bias = parameters.get(name + ".first_dense.bias");
        double[] output = parameters.get(name + ".output.weight");
        double logit = parameters.get(name + ".output.bias")[0];
        for (int n = 0; n < bias.length; n++) {
            double sum = bias[n];
            for (int j = 0; j < width; j++) {
                sum += firstDense[n * width + j] * one[j] + secondDense[n * width + j] * two[j];
            }
            logit += output[n] * sum / 2 * (1 + erf(sum / Math.sqrt(2)));
        }
        return logit;
    }

    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
