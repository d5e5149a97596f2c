package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.pretrain.bench.RandomBatch;
import org.jelectra.tensor.DType;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What the kernels of a step in bf16 keep an H200 busy with besides its memory, counted on the simulated device: the second-level cache,
 * instructions, special functions, shared memory and products, see {@link KernelFloors}.
 */
class StepFloorsTest {

    private static final String SEQUENCES = "jelectra.step.sequences";
    private static final String BASE = "jelectra.step.base";

    /** The counters of a step, and how often they count in a sum. */
    private record Weighted(double weight, Map<String, KernelCounters> counters) {}

    /**
     * Of 128 sequences of 128 tokens, from steps of so many and of twice as many, on a device with as many multiprocessors for each as an
     * H200 in the whole step, so that the same kernels are chosen: what these do grows evenly with the sequences.
     */
    @Test
    @EnabledIfSystemProperty(named = SEQUENCES, matches = "\\d+", disabledReason = "takes minutes")
    void floorsOfPresetSmall() {
        PretrainSettings wanted = settings(Preset.SMALL, 12, 128, 128);
        int sequences = Integer.getInteger(SEQUENCES);
        int multiprocessors = KernelFloors.MULTIPROCESSORS * sequences / 128;
        double more = 128.0 / sequences - 1;
        assertSum(
                floors(
                        wanted,
                        new Weighted(1 - more, step(settings(Preset.SMALL, 12, sequences, 128), multiprocessors)),
                        new Weighted(more, step(settings(Preset.SMALL, 12, 2 * sequences, 128), multiprocessors))),
                0.002,
                0.0036);
    }

    /**
     * Of 64 sequences of 512 tokens, from steps of two and of four sequences through two layers and three: it grows evenly with both. A
     * device with 8 multiprocessors has about as many tiles for each as an H200 in the whole step, and so takes the same kernels.
     */
    @Test
    @EnabledIfSystemProperty(named = BASE, matches = "true", disabledReason = "takes minutes")
    void floorsOfPresetBase() {
        PretrainSettings wanted = settings(Preset.BASE, 12, 64, 512);
        double layers = 12 - 2;
        double sequences = 64 / 2 - 1;
        assertSum(
                floors(
                        wanted,
                        new Weighted((1 - layers) * (1 - sequences), step(settings(Preset.BASE, 2, 2, 512), 8)),
                        new Weighted(layers * (1 - sequences), step(settings(Preset.BASE, 3, 2, 512), 8)),
                        new Weighted((1 - layers) * sequences, step(settings(Preset.BASE, 2, 4, 512), 8)),
                        new Weighted(layers * sequences, step(settings(Preset.BASE, 3, 4, 512), 8))),
                0.03,
                0.07);
    }

    private static PretrainSettings settings(Preset preset, int layers, int sequences, int length) {
        PretrainSettings s =
                PretrainSettings.of(preset, Vocabulary.bertUncased().size()).withBatch(sequences, 1, length);
        ElectraConfig model = new ElectraConfig(
                s.model().discriminator().withLayers(layers),
                s.model().generator().withLayers(layers),
                s.model().sharing(),
                s.model().objective());
        return new PretrainSettings(
                model,
                s.objective(),
                s.masking(),
                s.batchSize(),
                s.microBatches(),
                s.sequenceLength(),
                s.steps(),
                s.learningRate(),
                s.warmupSteps(),
                s.weightDecay(),
                s.seed(),
                s.logEvery(),
                s.evaluateEvery(),
                s.evaluationSequences());
    }

    private static Map<String, KernelCounters> step(PretrainSettings settings, int multiprocessors) {
        SimulatedDriver driver =
                new SimulatedDriver(SimulatorOptions.defaults().withRaces(false).withMultiprocessors(multiprocessors));
        try (Backend backend = CudaBackend.on(Gpu.open(driver, 0), DType.BFLOAT16)) {
            ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
            TrainingStep step = new TrainingStep(model, settings);
            Batch batch = RandomBatch.of(settings, Vocabulary.bertUncased());
            driver.resetCounters();
            step.run(batch, 0);
            Map<String, KernelCounters> counters = driver.counters();
            counters.remove("cast"); // of the first weights
            return counters;
        }
    }

    /** Seconds of each resource by kernel: what the steps say of the wanted one, which must take the same kernels. */
    private static Map<String, double[]> floors(PretrainSettings wanted, Weighted... steps) {
        Map<String, double[]> floors = new TreeMap<>();
        StepLaunches.of(wanted).bytes().forEach((kernel, bytes) -> {
            floors.put(kernel, KernelFloors.ofMemory(bytes));
        });
        for (Weighted step : steps) {
            assertThat(step.counters().keySet()).isEqualTo(floors.keySet());
            step.counters().forEach((kernel, counters) -> {
                double[] sum = floors.get(kernel);
                double[] floor = KernelFloors.of(counters, 0);
                Arrays.setAll(sum, i -> sum[i] + step.weight() * floor[i]);
            });
        }
        return floors;
    }

    /** Prints the floors; the longest of each kernel add up to between so many seconds. */
    private static void assertSum(Map<String, double[]> floors, double least, double most) {
        String table = KernelFloors.table(floors);
        System.out.println(table);
        assertThat(KernelFloors.sum(floors)).as(table).isBetween(least, most);
    }
}
