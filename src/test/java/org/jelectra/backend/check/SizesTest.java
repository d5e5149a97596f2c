package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.backend.cuda.LoadedKernel;
import org.jelectra.gpu.DryDriver;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

class SizesTest {

    private static CudaBackend open(GpuDriver driver, DType values) {
        return CudaBackend.on(Gpu.open(driver, 0), values);
    }

    /** Prepares every operation, and returns the kernels that they launch. */
    private static Set<String> prepare(CudaBackend backend, Sizes sizes) {
        for (Trial trial : Catalog.withVariants(sizes)) {
            trial.prepare(backend, trial.allocate(backend));
        }
        return backend.usedKernels();
    }

    /** A device of 8.6 has 99 KiB of shared memory for a block, where one of 8.0 has 163 and one of 9.0 has 227. */
    @Test
    void fitADeviceWithLittleSharedMemory() {
        SimulatorOptions device = SimulatorOptions.defaults().withDevice("simulated sm_86", 86);
        // large tiles, and the widest heads
        Map.of("gemm_forward_128_bf16", Sizes.OF_LARGE_TILES, "attention_forward_d128_bf16", Sizes.OF_KERNELS.get(3))
                .forEach((kernel, sizes) -> {
                    try (CudaBackend backend = open(new SimulatedDriver(device), DType.BFLOAT16)) {
                        assertThat(prepare(backend, sizes)).contains(kernel);
                    }
                });
    }

    /** On a device whose memory nothing has written yet: the simulated one tells of what is read before. */
    @Test
    void ofWideHeadsCallForTwoKernelsOfWhichOneReadsWhatTheOtherWrote() {
        SimulatorOptions device = SimulatorOptions.defaults().withDevice("simulated sm_86", 86);
        Trial trial = Catalog.of(Sizes.OF_WIDE_HEADS).stream()
                .filter(each -> each.name().equals("attentionBackward"))
                .findFirst()
                .orElseThrow();
        try (CudaBackend backend = open(new SimulatedDriver(device), DType.BFLOAT16)) {
            Map<String, Tensor> operands = trial.place(backend, trial.draw());
            trial.prepare(backend, operands).run();
            assertThat(backend.usedKernels())
                    .contains("attention_backward_queries_d128_bf16", "attention_backward_keys_d128_bf16");
        }
    }

    @Test
    void refuseWhatTrialsCannotDraw() {
        AttentionShape shape = new AttentionShape(3, 5, 1, 8);
        assertThat(new Sizes(shape, 8, 8, 7).slots()).isEqualTo(7);
        for (int slots : new int[] {0, 8}) {
            assertThatThrownBy(() -> new Sizes(shape, 8, 8, slots))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "slots must be from 1 to 7, half of the 15 tokens, because trials draw one row of two, got "
                                    + slots);
        }
        assertThatThrownBy(() -> new Sizes(new AttentionShape(4, 1, 1, 8), 8, 8, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sequences must have 2 tokens at least, because trials draw the ends of answers from their"
                        + " first half, got 1");
    }

    /** Tiles are chosen by the number of multiprocessors, so this looks at that of an H200. */
    @Test
    void callForEveryKernelThatALargeDeviceLoads() {
        Set<String> loaded = new HashSet<>();
        Set<String> called = new HashSet<>();
        for (DType values : new DType[] {DType.BFLOAT16, DType.FLOAT32}) {
            for (Sizes sizes : Sizes.ALL) {
                try (CudaBackend backend = open(new DryDriver(MemoryNeed.LARGE_DEVICE), values)) {
                    called.addAll(prepare(backend, sizes));
                    if (loaded.isEmpty()) {
                        backend.loadKernels().stream().map(LoadedKernel::name).forEach(loaded::add);
                    }
                }
            }
        }
        assertThat(loaded)
                .hasSizeGreaterThan(100)
                .allSatisfy(kernel -> assertThat(called).contains(kernel));
    }
}
