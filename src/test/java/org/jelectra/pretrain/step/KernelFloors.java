package org.jelectra.pretrain.step;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jelectra.gpu.sim.KernelCounters;

/**
 * What kernels keep the resources of an H200 busy with, from the counters of the simulated device. No kernel can be faster than the
 * longest of these, and how near it comes only a device tells.
 */
final class KernelFloors {

    static final int MULTIPROCESSORS = 132;
    /** Cycles a second at which its data sheet counts products. */
    private static final double CYCLES = 989.4e12 / (MULTIPROCESSORS * 4096.0);
    /** Bytes a second, of its memory as in the heads of the kernels, and of its second-level cache: 5.5 to 7 TB/s by estimates. */
    private static final double MEMORY = 4.3e12;

    private static final double CACHE = 6.5e12;

    /** Resources, in the order of the table's columns. */
    private static final List<String> RESOURCES = List.of("memory", "cache", "issue", "special", "shared", "products");

    private KernelFloors() {}

    /** Seconds of each resource. {@code bytes}: what the kernel must move between the chip and its memory. */
    static double[] of(KernelCounters counters, long bytes) {
        double multiprocessors = MULTIPROCESSORS * CYCLES;
        return new double[] {
            bytes / MEMORY,
            32.0 * (counters.loadSectors() + counters.storeSectors()) / CACHE,
            counters.warpInstructions() / (4 * multiprocessors),
            2 * counters.specialInstructions() / multiprocessors,
            counters.sharedWavefronts() / multiprocessors,
            counters.matrixProducts() / multiprocessors
        };
    }

    static double longest(double[] floors) {
        return Arrays.stream(floors).max().orElseThrow();
    }

    /** The sum over the kernels of the longest of each. */
    static double sum(Map<String, double[]> floors) {
        return floors.values().stream().mapToDouble(KernelFloors::longest).sum();
    }

    /** In microseconds, a line for each kernel, the longest first. */
    static String table(Map<String, double[]> floors) {
        StringBuilder table = new StringBuilder(String.format("%-50s", "microseconds"));
        RESOURCES.forEach(resource -> table.append(String.format("%9s", resource)));
        table.append(String.format("%9s%n", "longest"));
        floors.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, double[]> entry) -> -longest(entry.getValue())))
                .forEach(entry -> table.append(line(entry.getKey(), entry.getValue(), longest(entry.getValue()))));
        double[] sums = new double[RESOURCES.size()];
        floors.values().forEach(floor -> Arrays.setAll(sums, i -> sums[i] + floor[i]));
        return table.append(line("all", sums, sum(floors))).toString();
    }

    private static String line(String name, double[] floor, double longest) {
        StringBuilder line = new StringBuilder(String.format("%-50s", name));
        for (double seconds : floor) {
            line.append(String.format(Locale.ROOT, "%9.1f", 1e6 * seconds));
        }
        return line.append(String.format(Locale.ROOT, "%9.1f%n", 1e6 * longest)).toString();
    }
}
