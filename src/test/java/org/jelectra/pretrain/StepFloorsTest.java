package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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
import org.jelectra.pretrain.bench.RandomBatch;
import org.jelectra.tensor.DType;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What the kernels of a step of preset small in bf16 keep an H200 busy with besides its memory, counted on the simulated device: the
 * second-level cache, instructions, special functions, shared memory and products. No kernel can be faster than the longest of
 * these, and how near it comes only a device tells.
 */
class StepFloorsTest {

    private static final String SEQUENCES = "jelectra.step.sequences";
    private static final int WANTED = 128;

    /** Of an H200: multiprocessors, and cycles a second at which its data sheet counts products. */
    private static final int MULTIPROCESSORS = 132;

    private static final double CYCLES = 989.4e12 / (MULTIPROCESSORS * 4096.0);
    /** Bytes a second, of its memory as in the heads of the kernels, and of its second-level cache: 5.5 to 7 TB/s by estimates. */
    private static final double MEMORY = 4.3e12;

    private static final double CACHE = 6.5e12;

    /** Resources, in the order of the table's columns. */
    private static final List<String> RESOURCES = List.of("memory", "cache", "issue", "special", "shared", "products");

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
            double[] floor = floors(counters);
            double[] before = few.containsKey(kernel) ? floors(few.get(kernel)) : new double[floor.length];
            for (int i = 0; i < floor.length; i++) {
                floor[i] += beyond * (floor[i] - before[i]);
            }
            floor[0] = bytes.getOrDefault(kernel, 0L) / MEMORY;
            floors.put(kernel, floor);
        });
        String table = table(floors);
        System.out.println(table);
        assertThat(floors.values().stream().mapToDouble(StepFloorsTest::longest).sum())
                .as(table)
                .isBetween(0.002, 0.0036);
    }

    private static Map<String, KernelCounters> step(int sequences) {
        SimulatedDriver driver =
                new SimulatedDriver(SimulatorOptions.defaults().withRaces(false).withMultiprocessors(MULTIPROCESSORS));
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

    /** Seconds of each resource but memory. */
    private static double[] floors(KernelCounters counters) {
        double multiprocessors = MULTIPROCESSORS * CYCLES;
        return new double[] {
            0,
            32.0 * (counters.loadSectors() + counters.storeSectors()) / CACHE,
            counters.warpInstructions() / (4 * multiprocessors),
            2 * counters.specialInstructions() / multiprocessors,
            counters.sharedWavefronts() / multiprocessors,
            counters.matrixProducts() / multiprocessors
        };
    }

    private static double longest(double[] floors) {
        return Arrays.stream(floors).max().orElseThrow();
    }

    private static String table(Map<String, double[]> floors) {
        StringBuilder table = new StringBuilder(String.format("%-50s", "microseconds"));
        RESOURCES.forEach(resource -> table.append(String.format("%9s", resource)));
        table.append(String.format("%9s%n", "longest"));
        floors.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, double[]> entry) -> -longest(entry.getValue())))
                .forEach(entry -> table.append(line(entry.getKey(), entry.getValue(), longest(entry.getValue()))));
        double[] sums = new double[RESOURCES.size()];
        floors.values().forEach(floor -> Arrays.setAll(sums, i -> sums[i] + floor[i]));
        double longest =
                floors.values().stream().mapToDouble(StepFloorsTest::longest).sum();
        return table.append(line("all", sums, longest)).toString();
    }

    private static String line(String name, double[] floor, double longest) {
        StringBuilder line = new StringBuilder(String.format("%-50s", name));
        for (double seconds : floor) {
            line.append(String.format(Locale.ROOT, "%9.1f", 1e6 * seconds));
        }
        return line.append(String.format(Locale.ROOT, "%9.1f%n", 1e6 * longest)).toString();
    }
}
