package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** All products of {@link Gemm} by all kernels and with both tiles, wherever the matrices lie. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GemmTest {

    private final Map<GemmKernels, SimulatedDriver> drivers = new EnumMap<>(GemmKernels.class);
    private final Map<GemmKernels, Device> devices = new EnumMap<>(GemmKernels.class);

    @BeforeAll
    void open() {
        for (GemmKernels kernels : GemmKernels.values()) {
            SimulatedDriver driver = new SimulatedDriver(options(kernels));
            Device device = new Device(Gpu.open(driver, 0));
            assertThat(GemmKernels.of(device, type(kernels))).isEqualTo(kernels);
            drivers.put(kernels, driver);
            devices.put(kernels, device);
        }
    }

    private static SimulatorOptions options(GemmKernels kernels) {
        SimulatorOptions options = SimulatorOptions.defaults().withRaces(true);
        return kernels == GemmKernels.WARPS ? options.withDevice("simulated sm_80", 80) : options;
    }

    @BeforeEach
    void resetCounters() {
        drivers.values().forEach(SimulatedDriver::resetCounters);
    }

    @AfterAll
    void close() {
        devices.values().forEach(Device::close);
    }

    private static DType type(GemmKernels kernels) {
        return kernels == GemmKernels.FLOAT32 ? DType.FLOAT32 : DType.BFLOAT16;
    }

    private GemmTrial trial(GemmKernels kernels, GemmSize size, int offset, int pad) {
        return new GemmTrial(devices.get(kernels), type(kernels), size, offset, pad);
    }

    /**
     * Sizes and places: 16-byte boundaries, also of rows that end between them, 4-byte ones, and neither; less than a tile, some tiles, and
     * many steps.
     */
    static Stream<Arguments> trials() {
        return Stream.of(GemmKernels.values())
                .flatMap(kernels -> Stream.of(
                        Arguments.of(kernels, new GemmSize(1, 1, 1), 1, 0),
                        Arguments.of(kernels, new GemmSize(33, 30, 66), 0, 0),
                        Arguments.of(kernels, new GemmSize(65, 130, 97), 1, 0),
                        Arguments.of(kernels, new GemmSize(65, 130, 97), 3, 5),
                        Arguments.of(kernels, new GemmSize(70, 72, 40), 8, 8),
                        Arguments.of(kernels, new GemmSize(62, 70, 78), 8, 2),
                        Arguments.of(kernels, new GemmSize(61, 133, 77), 8, 3),
                        Arguments.of(kernels, new GemmSize(130, 2, 290), 2, 2),
                        Arguments.of(kernels, new GemmSize(250, 253, 37), 1, 2),
                        Arguments.of(kernels, new GemmSize(256, 256, 72), 0, 0),
                        Arguments.of(kernels, new GemmSize(250, 254, 330), 2, 2),
                        Arguments.of(kernels, new GemmSize(512, 120, 200), 8, 8)));
    }

    @ParameterizedTest
    @MethodSource("trials")
    void forwardEqualsReference(GemmKernels kernels, GemmSize size, int offset, int pad) {
        GemmTrial trial = trial(kernels, size, offset, pad);
        trial.forward(false, false);
        trial.forward(true, false);
        trial.forward(true, true);
    }

    @ParameterizedTest
    @MethodSource("trials")
    void columnsBehindTheProductAreMinusInfinity(GemmKernels kernels, GemmSize size, int offset, int pad) {
        GemmTrial trial = trial(kernels, size, offset, pad);
        for (int more : new int[] {1, 6, 34, 150}) {
            trial.wideForward(more != 6, more);
        }
    }

    @ParameterizedTest
    @EnumSource
    void biasesLieAnywhereBesideAlignedMatrices(GemmKernels kernels) {
        GemmTrial trial = trial(kernels, new GemmSize(70, 72, 40), 0, 0);
        for (int offset = 1; offset < 4; offset++) {
            trial.forward(trial.bias(offset), false);
        }
    }

    @ParameterizedTest
    @MethodSource("trials")
    void backwardInputEqualsReference(GemmKernels kernels, GemmSize size, int offset, int pad) {
        GemmTrial trial = trial(kernels, size, offset, pad);
        trial.backwardInput(false, false);
        trial.backwardInput(true, false);
        trial.backwardInput(false, true);
    }

    /** 16-byte boundaries, 4-byte ones, and neither, with edges along all sides. */
    @ParameterizedTest
    @CsvSource({"504, 0, 0", "503, 8, 1", "500, 2, 2", "497, 1, 2"})
    void longSumsHaveWideTiles(int n, int offset, int pad) {
        GemmTrial trial = trial(GemmKernels.WARPGROUPS, new GemmSize(200, n, 519), offset, pad);
        trial.forward(true, false);
        trial.forward(true, true);
        trial.wideForward(true, 7);
        trial.backwardInput(true, false);
        trial.backwardInput(false, true);
        assertThat(drivers.get(GemmKernels.WARPGROUPS).counters().keySet())
                .containsExactlyInAnyOrder("gemm_forward_128x256_bf16", "gemm_backward_input_128x256_bf16");
    }

    @Test
    void alignedWideTilesTakeTheFastWay() {
        GemmTrial trial = trial(GemmKernels.WARPGROUPS, new GemmSize(256, 512, 512), 0, 0);
        trial.forward(true, true);
        trial.backwardInput(true, true);
        assertThat(drivers.get(GemmKernels.WARPGROUPS).counters()).hasSize(2);
        assertFast(GemmKernels.WARPGROUPS);
    }

    /** Parts are added within their launch, at any edges and alignment, alike each time. */
    @ParameterizedTest
    @EnumSource
    void longSumsOfInputGradientsAreCutAndAddedUpAlikeInAnyOrderOfBlocks(GemmKernels kernels) {
        for (GemmSize size : new GemmSize[] {
            new GemmSize(20, 12, 1100),
            new GemmSize(17, 3, 513),
            new GemmSize(18, 7, 1600),
            new GemmSize(127, 121, 1101)
        }) {
            Device device = devices.get(kernels);
            assertThat(GemmPlan.wholeOrSplit(size, device.multiprocessors(), kernels)
                            .splits())
                    .isGreaterThan(1);
            for (int offset : new int[] {0, 2, 1}) {
                GemmTrial trial = trial(kernels, size, offset, 3 * offset);
                trial.backwardInput(true, false);
                trial.backwardInput(true, true);
            }
            double[] forwards = trial(kernels, size, 0, 0).backwardInput(false, true);
            assertThat(trial(kernels, size, 0, 0).backwardInput(false, true)).isEqualTo(forwards);
            SimulatorOptions backwardsOptions = options(kernels).withBackwards(true);
            try (Device backwards = new Device(Gpu.open(new SimulatedDriver(backwardsOptions), 0))) {
                assertThat(new GemmTrial(backwards, type(kernels), size, 0, 0).backwardInput(false, true))
                        .isEqualTo(forwards);
            }
        }
        assertThat(drivers.get(kernels).counters().keySet())
                .allMatch(kernel -> kernel.startsWith("gemm_backward_input_parts_"))
                .hasSize(2);
    }

    /** Where addresses permit, every request to shared memory takes as few passes, and every load as few sectors, as its bytes. */
    @ParameterizedTest
    @EnumSource
    void alignedMatricesTakeTheFastWay(GemmKernels kernels) {
        for (GemmSize size : new GemmSize[] {new GemmSize(256, 256, 64), new GemmSize(128, 64, 64)}) {
            GemmTrial trial = trial(kernels, size, 0, 0);
            trial.forward(true, true);
            trial.backwardInput(true, true);
        }
        assertThat(drivers.get(kernels).counters()).hasSize(4);
        assertFast(kernels);
    }

    private void assertFast(GemmKernels kernels) {
        for (KernelCounters each : drivers.get(kernels).counters().values()) {
            assertThat(each.sharedWavefronts()).as(each.kernel()).isEqualTo(each.idealSharedWavefronts());
            assertThat(each.loadSectors()).as(each.kernel()).isEqualTo(each.idealLoadSectors());
            assertThat(each.storeSectors()).as(each.kernel()).isEqualTo(each.idealStoreSectors());
            assertThat(each.matrixProducts() > 0).as(each.kernel()).isEqualTo(kernels != GemmKernels.FLOAT32);
        }
    }

    @Test
    void rowsTooCloseOrTooFarApartAreRejected() {
        Gemm gemm = new Gemm(devices.get(GemmKernels.FLOAT32));
        GemmMatrix fits = new GemmMatrix(1 << 20, 8);
        for (int leading : new int[] {7, (1 << 21) + 1}) {
            GemmMatrix bad = new GemmMatrix(1 << 20, leading);
            assertThatThrownBy(() -> gemm.forward(DType.FLOAT32, new GemmSize(8, 8, 8), fits, bad, fits, 8, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("rows of b are at least 8 elements apart and at most 2097152, got " + leading);
        }
        assertThatThrownBy(() -> new GemmSize(1, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("k of at least 1");
    }
}
