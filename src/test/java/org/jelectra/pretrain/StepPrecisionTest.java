package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.electra.ElectraModel;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

/**
 * A step of pre-training in float32: losses, gradients and updated parameters of the CUDA backend are the CPU's to 1e-5 of the largest
 * number of each. Biases of keys are compared as a part of all gradients: they change all scores of a query alike, so their gradients
 * are 0 but for rounding, which the optimiser then makes as large as any other update.
 */
class StepPrecisionTest {

    private static final double ERROR = 1e-5;
    private static final String KEY_BIAS = "attention.self.key.bias";

    /** A backend; it is closed by the test. */
    protected Backend backend() {
        return SimulatedBackends.open(DType.FLOAT32);
    }

    private static Map<String, float[]> run(Backend backend) {
        PretrainSettings settings = SmallRun.settings(1);
        ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
        TrainingStep step = new TrainingStep(model, settings);
        MetricsCollector collector = new MetricsCollector(settings);
        Map<String, float[]> results = new LinkedHashMap<>();
        // the second step: the learning rate of the first one is 0
        step.run(SmallRun.batch(0), 0, collector);
        collector.clear();
        step.run(SmallRun.batch(1), 1, collector);
        ModelMetrics metrics = collector.metrics();
        results.put("generator loss", new float[] {(float) metrics.generatorLoss()});
        results.put("discriminator loss", new float[] {(float) metrics.discriminatorLoss()});
        results.put("gradient norm", new float[] {(float) step.gradientNorm()});
        results.put("all gradients", SmallRun.read(backend, model.parameters().gradients()));
        for (Parameter parameter : model.parameters().parameters()) {
            if (!parameter.name().endsWith(KEY_BIAS)) {
                results.put("gradient of " + parameter.name(), SmallRun.read(backend, parameter.gradient()));
                results.put(parameter.name(), SmallRun.read(backend, parameter.value()));
            }
        }
        return results;
    }

    private static double error(float[] got, float[] expected) {
        double scale = Float.MIN_NORMAL;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            largest = Math.max(largest, Math.abs((double) got[i] - expected[i]));
        }
        return largest / scale;
    }

    @Test
    void aStepIsTheCpus() {
        List<String> table = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        try (Backend cuda = backend();
                Backend cpu = CpuBackend.create(2)) {
            Map<String, float[]> got = run(cuda);
            run(cpu).forEach((name, expected) -> {
                double error = error(got.get(name), expected);
                String line = String.format(Locale.ROOT, "%-90s %10.2e", name, error);
                table.add(line);
                if (!(error <= ERROR)) {
                    failures.add(line);
                }
            });
        }
        if (Boolean.getBoolean("jelectra.precision.print")) {
            table.forEach(System.out::println);
        }
        assertThat(failures)
                .as("differ by more than " + ERROR + " of their largest number")
                .isEmpty();
    }
}
