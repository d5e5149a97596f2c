package org.jelectra.cli.finetune;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import org.jelectra.finetune.data.Example;
import org.jelectra.finetune.metrics.Correlation;
import org.jelectra.finetune.tasks.TaskData;

/**
 * Where the training targets of a regression lie, in the units of the file.
 *
 * @param scale what the model's targets are divided by
 */
record TargetSpread(double mean, double deviation, double least, double largest, double scale) {

    /**
     * A model's outputs begin near 0; at the usual learning rate 150 steps of the tiny preset moved them to 2.5 where they were to be 9.
     * Further away than this, in units of the scale, a small data set's steps do not reach the targets, nor tell them apart.
     */
    private static final double FAR = 10;

    /** As many digits as float32 has, in which targets are computed. */
    private static final MathContext DIGITS = new MathContext(6);

    static TargetSpread of(TaskData data) {
        double scale = data.spec().scale();
        double[] targets = data.training().stream().mapToDouble(Example::label).toArray();
        double least = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (double target : targets) {
            least = Math.min(least, target);
            largest = Math.max(largest, target);
            sum += target;
        }
        return new TargetSpread(
                sum / targets.length * scale,
                Correlation.deviation(targets) * scale,
                least * scale,
                largest * scale,
                scale);
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "targets: mean %s, standard deviation %s, from %s to %s",
                text(mean),
                text(deviation),
                text(least),
                text(largest));
    }

    /** What the user should know of them; nothing mostly. */
    List<String> warnings() {
        if (Math.max(Math.abs(mean), deviation) <= FAR * scale) {
            return List.of();
        }
        // divided by a number alone, these would lie close together far from 0
        String remedy = deviation < Math.abs(mean) / 10
                ? String.format(Locale.ROOT, "subtract a number near %s from those of the files", text(mean))
                : String.format(
                        Locale.ROOT,
                        "\"scale\": %s in the task file divides them",
                        text(roundUp(Math.max(Math.abs(least), Math.abs(largest)))));
        return List.of(String.format(
                Locale.ROOT,
                "targets with mean %s and standard deviation %s are far from 0, where the model's outputs begin, and may not be"
                        + " learnt: %s",
                text(mean),
                text(deviation),
                remedy));
    }

    /** To one digit, as people write a scale. */
    private static double roundUp(double value) {
        return new BigDecimal(value)
                .round(DIGITS)
                .round(new MathContext(1, RoundingMode.UP))
                .doubleValue();
    }

    private static String text(double value) {
        BigDecimal rounded = new BigDecimal(value).round(DIGITS);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
