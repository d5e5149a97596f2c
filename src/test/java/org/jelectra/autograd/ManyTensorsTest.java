package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** As many tensors as an encoder of a thousand layers has, whose step is to be recorded in seconds. */
class ManyTensorsTest {

    private static final int TENSORS = 25_000;
    private static final int PARAMETERS = 50_000;
    /** Of the processor's time. Sorted anew for each tensor, the memory took twice that, and names sought in a list three times. */
    private static final double MOST_SECONDS = 6;

    private static double seconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() * 1e-9;
    }

    @Test
    void memoryOfTensorsThatLiveTogetherIsLaidOut() {
        try (Backend backend = CpuBackend.create(1)) {
            Tape tape = new Tape(backend, null);
            List<Tensor> tensors = new ArrayList<>();
            for (int i = 0; i < TENSORS; i++) {
                tensors.add(tape.keep(tape.tensor("tensor", DType.FLOAT32, 3)));
            }
            double begin = seconds();
            Program program = tape.compile();
            assertThat(seconds() - begin).isLessThan(MOST_SECONDS);
            assertThat(program.memory().bytes()).isEqualTo(TENSORS * 64L * Float.BYTES);
            assertThat(tensors.stream().map(Tensor::offset)).doesNotHaveDuplicates();
        }
    }

    @Test
    void parametersAreAdded() {
        var arena = new ParameterArena();
        double begin = seconds();
        for (int i = 0; i < PARAMETERS; i++) {
            arena.add("encoder.layer." + i, Initializer.ZEROS, 3);
        }
        assertThat(seconds() - begin).isLessThan(MOST_SECONDS);
        assertThat(arena.shapes()).hasSize(PARAMETERS);
    }
}
