package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
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
 * into the next token: that is no error, but moves rows of the word embeddings' gradient from one token to another, so that
 * their bound is wider.
 */
class PresetPrecisionTest {

    private static final String SEQUENCES = "jelectra.preset.sequences";
    private static final int STEPS = 2;
    /** Biases of keys change all scores of a query alike: their gradients are 0 but for rounding. */
    private static final String KEY_BIAS = "attention.self.key.bias";

    private static final String WORDS = "word_embeddings";

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
                results.put("gradient of " + parameter.name(), SmallRun.read(backend, parameter.gradient()));
                results.put(parameter.name(), SmallRun.read(backend, parameter.value()));
            }
        }
        return results;
    }

    /** The norm of the difference, as a part of the norm of what is expected. */
    private static double error(float[] got, float[] expected) {
        double difference = 0;
        double scale = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) got[i] - expected[i], 2);
            scale += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / scale);
    }

    /** The largest error that is allowed. */
    private static double limit(String name, boolean number) {
        if (number) {
            return 0.002;
        }
        return name.contains(WORDS) ? 0.2 : 0.06;
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
        List<String> failures = new ArrayList<>();
        expected.forEach((name, one) -> {
            float[] other = got.get(name);
            double error = error(other, one);
            String numbers =
                    one.length == 1 ? String.format(Locale.ROOT, " %.6f, on the CPU %.6f", other[0], one[0]) : "";
            String line = String.format(Locale.ROOT, "%-100s %.6f%s", name, error, numbers);
            System.out.println(line);
            if (!(error <= limit(name, one.length == 1))) {
                failures.add(line);
            }
        });
        assertThat(failures)
                .as("errors in bf16, as parts of the norm in float32")
                .isEmpty();
    }
}
