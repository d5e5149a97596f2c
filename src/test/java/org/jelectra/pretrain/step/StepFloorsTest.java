package org.jelectra.pretrain.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.TrainingStep;
import org.jelectra.pretrain.bench.RandomBatch;
import org.jelectra.tensor.DType;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What the kernels of a step of preset small in bf16 keep an H200 busy with besides its memory, counted on the simulated device: the
 * second-level cache, instructions, special functions, shared memory and products, see {@link KernelFloors}.
 */
class StepFloorsTest {

    private static final String SEQUENCES = "jelectra.step.sequences";
    private static final int WANTED = 128;

    /**
     * The table for 128 sequences, from steps of so many and of twice as many: what a kernel does grows evenly with them, where they are
     * enough that the same kernels are chosen.
     */
    @Test
    @EnabledIfSystemProperty(named = SEQUENCES, matches = "\\d+", disabledReason = "takes minutes")
    void floorsOfPresetSmall() {
        int sequences = Integer.getInteger(SEQUENCES);
        Map<String, KernelCounters> few = step(sequences);
        Map<String, KernelCounters> more = step(2 * sequences);
        Map<String, Long> bytes = StepLaunches.ofPresetSmall().bytes();
        double beyond = (WANTED - 2.0 * sequences) / sequences;
        Map<String, double[]> floors = new TreeMap<>();
        more.forEach((kernel, counters) -> {
            long moved = bytes.getOrDefault(kernel, 0L);
            double[] floor = KernelFloors.of(counters, moved);
            double[] before =
                    few.containsKey(kernel) ? KernelFloors.of(few.get(kernel), moved) : new double[floor.length];
            // the bytes are those of all sequences already
            for (int i = 1; i < floor.length; i++) {
                floor[i] += beyond * (floor[i] - before[i]);
            }
            floors.put(kernel, floor);
        });
        String table = KernelFloors.table(floors);
        System.out.println(table);
        assertThat(KernelFloors.sum(floors)).as(table).isBetween(0.002, 0.0036);
    }

    private static Map<String, KernelCounters> step(int sequences) {
        SimulatedDriver driver = new SimulatedDriver(
                SimulatorOptions.defaults().withRaces(false).withMultiprocessors(KernelFloors.MULTIPROCESSORS));
        Vocabulary vocabulary = Vocabulary.bertUncased();
        try (Backend backend = CudaBackend.on(Gpu.open(driver, 0), DType.BFLOAT16)) {
            PretrainSettings settings =
                    PretrainSettings.of(Preset.SMALL, vocabulary.size()).withBatch(sequences, 1, 128);
            ElectraModel model = new ElectraModel(backend, settings.model(), settings.seed());
            TrainingStep step = new TrainingStep(model, settings);
            Batch batch = RandomBatch.of(settings, vocabulary);
            driver.resetCounters();
            step.run(batch, 0);
            Map<String, KernelCounters> counters = driver.counters();
            counters.remove("cast"); // of the first weights
            return counters;
        }
    }
}
