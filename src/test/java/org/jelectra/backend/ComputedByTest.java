package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

class ComputedByTest {

    private static final SimulatorOptions H200 =
            SimulatorOptions.defaults().withDevice("H200", 90).withMultiprocessors(132);

    private static ComputedBy of(SimulatorOptions device) {
        try (Backend backend = CudaBackend.on(Gpu.open(new SimulatedDriver(device), 0), DType.BFLOAT16)) {
            return ComputedBy.of(backend);
        }
    }

    /** They divide sums among their multiprocessors, and have kernels of their own. */
    @Test
    void gpusOfOneKindRoundAlikeAndOthersDoNot() {
        ComputedBy h200 = of(H200);
        assertThat(h200).hasToString("cuda in bf16 (kernels: sm_90a, 132 multiprocessors)");
        assertThat(h200.roundsAs(of(H200.withDevice("H100", 90)))).isTrue();
        assertThat(h200.roundsAs(of(H200.withMultiprocessors(114)))).isFalse();
        assertThat(h200.roundsAs(of(H200.withDevice("A100", 80)))).isFalse();
    }

    @Test
    void whatAnOlderFileDoesNotTellIsNotHeldAgainstIt() {
        assertThat(of(H200).roundsAs(new ComputedBy("cuda", null, DType.BFLOAT16)))
                .isTrue();
        assertThat(of(H200).roundsAs(new ComputedBy("cuda", null, DType.FLOAT32)))
                .isFalse();
    }
}
