package org.jelectra.pretrain.plot;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jelectra.pretrain.StepMetrics;

/**
 * The points of one curve.
 *
 * @param steps ascending
 * @param values one for each step, all finite
 */
record Points(double[] steps, double[] values) {

    /** One metric over the steps, without those where it is not finite. */
    static Points of(List<StepMetrics> metrics, ToDoubleFunction<StepMetrics> value) {
        double[] steps = new double[metrics.size()];
        double[] values = new double[metrics.size()];
        int size = 0;
        for (StepMetrics step : metrics) {
            double current = value.applyAsDouble(step);
            if (Double.isFinite(current)) {
                steps[size] = step.step();
                values[size++] = current;
            }
        }
        return new Points(Arrays.copyOf(steps, size), Arrays.copyOf(values, size));
    }

    /** The points of a curve, without those whose step or value is not finite. */
    static Points of(Curve curve) {
        double[] steps = new double[curve.steps().length];
        double[] values = new double[steps.length];
        int size = 0;
        for (int i = 0; i < steps.length; i++) {
            if (Double.isFinite(curve.steps()[i]) && Double.isFinite(curve.values()[i])) {
                steps[size] = curve.steps()[i];
                values[size++] = curve.values()[i];
            }
        }
        return new Points(Arrays.copyOf(steps, size), Arrays.copyOf(values, size));
    }

    /**
     * Each value replaced by the exponential moving average {@code a = w a + (1 - w) value} of it and those before, divided by
     * {@code 1 - w^n} so that the first ones are not drawn to 0; w = 0 changes nothing.
     */
    Points smoothed(double weight) {
        double[] smooth = new double[values.length];
        double average = 0;
        double missing = 1;
        for (int i = 0; i < smooth.length; i++) {
            average = weight * average + (1 - weight) * values[i];
            missing *= weight;
            smooth[i] = average / (1 - missing);
        }
        return new Points(steps, smooth);
    }

    /** At most {@code maximum} points, each the mean of a group of neighbours. */
    Points averaged(int maximum) {
        int group = (size() + maximum - 1) / maximum;
        if (group <= 1) {
            return this;
        }
        int groups = (size() + group - 1) / group;
        double[] means = new double[groups];
        double[] centres = new double[groups];
        for (int i = 0; i < groups; i++) {
            int end = Math.min(size(), (i + 1) * group);
            centres[i] = Arrays.stream(steps, i * group, end).average().orElseThrow();
            means[i] = Arrays.stream(values, i * group, end).average().orElseThrow();
        }
        return new Points(centres, means);
    }

    /** At most {@code maximum} of the points, evenly chosen, the last among them. */
    Points thinned(int maximum) {
        int stride = (size() + maximum - 1) / maximum;
        if (stride <= 1) {
            return this;
        }
        int count = (size() + stride - 1) / stride;
        double[] chosenSteps = new double[count];
        double[] chosenValues = new double[count];
        for (int i = 0; i < count; i++) {
            int from = size() - 1 - (count - 1 - i) * stride;
            chosenSteps[i] = steps[from];
            chosenValues[i] = values[from];
        }
        return new Points(chosenSteps, chosenValues);
    }

    int size() {
        return steps.length;
    }

    boolean isEmpty() {
        return steps.length == 0;
    }
}
