package org.jelectra.pretrain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Metrics for tests, shaped like those of a run. */
public final class Metrics {

    private Metrics() {}

    public static StepMetrics step(long step, double totalLoss, boolean evaluated) {
        ModelMetrics model = new ModelMetrics(
                totalLoss,
                6.95,
                0.121,
                0.05,
                0.13,
                0.485,
                0.87,
                0.5,
                0.02,
                0.71,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN);
        return new StepMetrics(step, model, 1.5, 5e-4, 8431, 2.5e9, 12.5, evaluated ? model : null);
    }

    public static List<StepMetrics> run(int count, int stride, boolean electra) {
        Random noise = new Random(7);
        List<StepMetrics> steps = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            double t = (double) i / count;
            ModelMetrics training = model(t, noise, 0.08, electra);
            ModelMetrics evaluation = i % 10 == 0 ? model(t, noise, 0.01, electra) : null;
            double rate = 5e-4 * Math.min(1, 10 * t) * (1 - t);
            double norm = 1.2 + Math.abs(noise.nextGaussian()) * 0.4 + 3 * Math.exp(-10 * t);
            steps.add(new StepMetrics(
                    (long) i * stride, training, norm, rate, 8400 + 200 * noise.nextGaussian(), 3e9, i, evaluation));
        }
        return steps;
    }

    private static ModelMetrics model(double t, Random noise, double spread, boolean electra) {
        double generator = 4.2 + 6 * Math.exp(-5 * t) + spread * noise.nextGaussian();
        double accuracy = 0.3 * (1 - Math.exp(-3 * t)) + 0.1 * spread * noise.nextGaussian();
        if (!electra) {
            return ModelMetrics.ofMaskedLm(generator, accuracy);
        }
        double discriminator = 0.35 + 0.3 * Math.exp(-20 * t) + 0.1 * spread * noise.nextGaussian();
        double auc = 0.5 + 0.35 * (1 - Math.exp(-4 * t)) + 0.1 * spread * noise.nextGaussian();
        return new ModelMetrics(
                generator + 50 * discriminator,
                generator,
                accuracy,
                accuracy * 0.6,
                0.13 - 0.03 * t,
                discriminator,
                0.88,
                0.5 + 0.3 * t + 0.3 * spread * noise.nextGaussian(),
                0.4 * t,
                auc,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN);
    }
}
