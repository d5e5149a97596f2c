package org.jelectra.pretrain.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.jelectra.backend.AttentionShape;
import org.jelectra.gpu.sim.KernelCounters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What attention keeps a device busy with where sequences are longer than 128 tokens: by one kernel backward, and by two. */
class AttentionFloorsTest {

    private static final String SEQUENCES = "jelectra.attention.sequences";
    /** Heads of 64 sequences in a layer of preset base and one of its generator. */
    private static final int WANTED = 64 * (12 + 4);
    /** A device of that capability has too little shared memory for the one kernel. */
    private static final int TWO_KERNELS = 86;

    private static final int ONE_KERNEL = 90;

    /** The account of the bytes that a launch must move against the sectors that it touches; tiles read what they share again. */
    @ParameterizedTest
    @CsvSource({"86, 2", "90, 1"})
    void accountsOfBytesAreThoseOfTheSimulatorOrLittleLess(int capability, int backward) {
        CountedAttention counted = CountedAttention.on(capability, new AttentionShape(1, 256, 2, 64));
        assertThat(counted.counters()).hasSize(1 + backward);
        counted.counters().forEach((kernel, counters) -> {
            double sectors = 32.0 * (counters.loadSectors() + counters.storeSectors());
            assertThat(sectors / counted.bytes().get(kernel)).as(kernel).isBetween(1.0, 2.0);
        });
    }

    /** Two tables for 1,024 heads of 512 tokens, from so many sequences of 12: what a kernel does grows evenly with them. */
    @Test
    @EnabledIfSystemProperty(named = SEQUENCES, matches = "\\d+", disabledReason = "takes minutes")
    void oneKernelBackwardTakesHalfOfTwo() {
        AttentionShape shape = new AttentionShape(Integer.getInteger(SEQUENCES), 512, 12, 64);
        Map<String, double[]> two = floors(CountedAttention.on(TWO_KERNELS, shape), shape);
        Map<String, double[]> one = floors(CountedAttention.on(ONE_KERNEL, shape), shape);
        String tables = KernelFloors.table(two) + "\n" + KernelFloors.table(one);
        System.out.println(tables);
        String forward = "attention_forward_d64_bf16";
        assertThat(KernelFloors.longest(one.remove(forward)))
                .as("the forward pass is the same")
                .isCloseTo(KernelFloors.longest(two.remove(forward)), Offset.offset(1e-7));
        assertThat(KernelFloors.sum(one)).as(tables).isLessThan(0.5 * KernelFloors.sum(two));
    }

    private static Map<String, double[]> floors(CountedAttention counted, AttentionShape shape) {
        double factor = (double) WANTED / shape.batch() / shape.heads();
        Map<String, double[]> floors = new TreeMap<>();
        for (Map.Entry<String, KernelCounters> each : counted.counters().entrySet()) {
            double[] floor = KernelFloors.of(each.getValue(), counted.bytes().get(each.getKey()));
            for (int i = 0; i < floor.length; i++) {
                floor[i] *= factor;
            }
            floors.put(each.getKey(), floor);
        }
        return floors;
    }
}
