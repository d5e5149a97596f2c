package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.tensor.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryRoomTest {

    /** A step of preset small, 128 x 128 tokens, needs more than a gigabyte and less than thirty. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void aDeviceThatIsTooSmallIsToldWithWhatTakesLess(DType values) {
        PretrainSettings settings = PretrainSettings.of(Preset.SMALL, 30522);
        try (CudaBackend small = device(1_000_000_000L, values);
                CudaBackend large = device(30_000_000_000L, values)) {
            MemoryNeed need = MemoryNeed.of(settings, small, true);

            assertThatThrownBy(() -> MemoryRoom.require(need, small))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching("the run needs [0-9,]+ MB of memory, at most [0-9,]+ MB are free on the device;"
                            + " --accumulate, --batch and --sequence-length take less"
                            + (values == DType.FLOAT32 ? "; so does --precision bf16" : "")
                            + " \\(jelectra plan shows what takes it\\)");
            assertThatCode(() -> MemoryRoom.require(need, large)).doesNotThrowAnyException();
        }
    }

    private static CudaBackend device(long bytes, DType values) {
        SimulatorOptions options = SimulatorOptions.defaults().withMemory(bytes);
        return CudaBackend.on(Gpu.open(new SimulatedDriver(options), 0), values);
    }
}
