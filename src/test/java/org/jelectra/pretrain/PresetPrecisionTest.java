package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.jelectra.electra.Preset;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.pretrain.bench.RandomBatch;
import org.jelectra.tensor.DType;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.junit.jupiter.api.Test;

/**
 * Two steps of preset small at its own sizes, with dropout and in bf16, on the simulated device with the kernels, tiles and parts of
 * sums of an H200, beside the CPU in float32. Some tokens of hundreds are sampled otherwise, as bf16 shifts cumulative probabilities
 * into the next token: that is no error, but moves the discriminator's gradients and those of the shared word embeddings, so that their
 * bounds are wider than the generator's.
 */
class PresetPrecisionTest {

    private static final String SEQUENCES = "jelectra.preset.sequences";
    private static final int STEPS = 2;
    /** Biases of keys change all scores of a query alike: their gradients are 0 but for rounding. */
    private static final String KEY_BIAS = "attention.self.key.bias";

    /** Sequences of a step, of 128 tokens each. */
    protected int sequences() {
        return Integer.getInteger(SEQUENCES, 0);
    }

    /** The backend in bf16; it is closed by the test. */
    protected Backend backend() {
        assumeTrue(
                sequences() > 0,
                "takes minutes: -D" + SEQUENCES + "=20; more, and -Djelectra.test.heap=16g, for 100 or with -D"
                        + SimulatorOptions.RACES_PROPERTY + "=true");
        return SimulatedBackends.open(
                DType.BFLOAT16,
                SimulatorOptions.defaults()
                        .withRaces(Boolean.getBoolean(SimulatorOptions.RACES_PROPERTY))
                        .withMultiprocessors(MemoryNeed.LARGE_DEVICE.multiprocessors()));
    }

    private Map<String, float[]> train(Backend backend) {
        Vocabulary vocabulary = Vocabulary.bertUncased();
        PretrainSettings settings =
                PretrainSettings.of(Preset.SMALL, vocabulary.size()).withBatch(sequences(), 1, 128);
        ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
        TrainingStep step = new TrainingStep(model, settings);
        MetricsCollector collector = new MetricsCollector(settings);
        Batch batch = RandomBatch.of(settings, vocabulary);
        for (int i = 0; i < STEPS; i++) {
            collector.clear();
            step.run(batch, i, collector);
        }
        ModelMetrics metrics = collector.metrics();
        Map<String, float[]> results = new LinkedHashMap<>();
        results.put("generator loss", new float[] {(float) metrics.generatorLoss()});
        results.put("discriminator loss", new float[] {(float) metrics.discriminatorLoss()});
        results.put("gradient norm", new float[] {(float) step.gradientNorm()});
        for (Parameter parameter : model.parameters().parameters()) {
            if (!parameter.name().endsWith(KEY_BIAS)) {
                results.put(parameter.name(), SmallRun.read(backend, parameter.gradient()));
            }
        }
        return results;
    }

    /** Of two vectors; of two numbers it is 1. */
    private static double cosine(float[] one, float[] other) {
        double product = 0;
        double ones = 0;
        double others = 0;
        for (int i = 0; i < one.length; i++) {
            product += (double) one[i] * other[i];
            ones += (double) one[i] * one[i];
            others += (double) other[i] * other[i];
        }
        return product / Math.sqrt(ones * others);
    }

    @Test
    void stepsOfPresetSmallAreTheCpus() {
        Map<String, float[]> got;
        try (Backend cuda = backend()) {
            got = train(cuda);
        }
        Map<String, float[]> expected;
        try (Backend cpu = CpuBackend.create(Runtime.getRuntime().availableProcessors())) {
            expected = train(cpu);
        }
        List<String> table = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        expected.forEach((name, one) -> {
            float[] other = got.get(name);
            if (one.length == 1) {
                table.add(String.format(Locale.ROOT, "%-90s %.6f, on the CPU %.6f", name, other[0], one[0]));
                assertThat(other[0]).as(name).isCloseTo(one[0], withinPercentage(0.2));
                return;
            }
            double cosine = cosine(one, other);
            String line = String.format(Locale.ROOT, "%-90s %.6f", "gradient of " + name, cosine);
            table.add(line);
            if (!(cosine > (name.startsWith("generator") ? 0.999 : 0.97))) {
                failures.add(line);
            }
        });
        table.forEach(System.out::println);
        assertThat(failures).as("cosine of the gradients in bf16 and float32").isEmpty();
    }
}
