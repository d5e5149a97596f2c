package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** All products of {@link Gemm} in both types and with both tiles, wherever the matrices lie. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GemmTest {

    private SimulatedDriver driver;
    private Device device;

    @BeforeAll
    void open() {
        driver = new SimulatedDriver(SimulatorOptions.defaults().withRaces(true));
        device = new Device(Gpu.open(driver, 0));
    }

    @BeforeEach
    void resetCounters() {
        driver.resetCounters();
    }

    @AfterAll
    void close() {
        device.close();
    }

    /** Sizes and places: 16-byte boundaries, 4-byte ones, and neither; less than a tile, some tiles, and many steps. */
    static Stream<Arguments> trials() {
        return Stream.of(DType.FLOAT32, DType.BFLOAT16)
                .flatMap(type -> Stream.of(
                        Arguments.of(type, GemmSize.of(1, 1, 1), 1, 0),
                        Arguments.of(type, GemmSize.of(33, 30, 66), 0, 0),
                        Arguments.of(type, GemmSize.of(65, 130, 97), 1, 0),
                        Arguments.of(type, GemmSize.of(65, 130, 97), 3, 5),
                        Arguments.of(type, GemmSize.of(70, 72, 40), 8, 8),
                        Arguments.of(type, GemmSize.of(130, 2, 290), 2, 2),
                        Arguments.of(type, GemmSize.of(250, 253, 37), 1, 2),
                        Arguments.of(type, GemmSize.of(256, 256, 72), 0, 0),
                        Arguments.of(type, new GemmSize(20, 24, 40, 3), 8, 0),
                        Arguments.of(type, new GemmSize(129, 17, 33, 2), 1, 1)));
    }

    @ParameterizedTest
    @MethodSource("trials")
    void forwardEqualsReference(DType type, GemmSize size, int offset, int pad) {
        GemmTrial trial = new GemmTrial(device, type, size, offset, pad);
        trial.forward(false, false);
        trial.forward(true, false);
        trial.forward(true, true);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void biasesLieAnywhereBesideAlignedMatrices(DType type) {
        GemmTrial trial = new GemmTrial(device, type, GemmSize.of(70, 72, 40), 0, 0);
        for (int offset = 1; offset < 4; offset++) {
            trial.forward(trial.bias(offset), false);
        }
    }

    @ParameterizedTest
    @MethodSource("trials")
    void backwardInputEqualsReference(DType type, GemmSize size, int offset, int pad) {
        GemmTrial trial = new GemmTrial(device, type, size, offset, pad);
        trial.backwardInput(false, false);
        trial.backwardInput(true, false);
        trial.backwardInput(false, true);
    }

    @ParameterizedTest
    @MethodSource("trials")
    void backwardWeightEqualsReference(DType type, GemmSize size, int offset, int pad) {
        GemmTrial trial = new GemmTrial(device, type, size, offset, pad);
        trial.backwardWeight(false);
        trial.backwardWeight(true);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void longSumsAreCutAndAddedUpAlikeEachTime(DType type) {
        for (GemmSize size :
                new GemmSize[] {GemmSize.of(20, 12, 1100), GemmSize.of(17, 3, 700), new GemmSize(8, 8, 600, 2)}) {
            assertThat(GemmPlan.split(size, device.multiprocessors(), type).splits())
                    .isGreaterThan(1);
            new GemmTrial(device, type, size, 1, 0).backwardWeight(false);
            assertThat(new GemmTrial(device, type, size, 0, 0).backwardWeight(true))
                    .isEqualTo(new GemmTrial(device, type, size, 0, 0).backwardWeight(true));
        }
    }

    /** Where addresses permit, every request to shared memory takes as few passes, and every load as few sectors, as its bytes. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void alignedMatricesTakeTheFastWay(DType type) {
        for (GemmSize size : new GemmSize[] {GemmSize.of(256, 256, 64), GemmSize.of(128, 64, 64)}) {
            GemmTrial trial = new GemmTrial(device, type, size, 0, 0);
            trial.forward(true, true);
            trial.backwardInput(true, true);
            trial.backwardWeight(true);
        }
        assertThat(driver.counters()).hasSize(6);
        for (KernelCounters each : driver.counters().values()) {
            assertThat(each.sharedWavefronts()).as(each.kernel()).isEqualTo(each.idealSharedWavefronts());
            assertThat(each.loadSectors()).as(each.kernel()).isEqualTo(each.idealLoadSectors());
            assertThat(each.storeSectors()).as(each.kernel()).isEqualTo(each.idealStoreSectors());
            assertThat(each.matrixProducts() > 0).as(each.kernel()).isEqualTo(type == DType.BFLOAT16);
        }
    }

    @Test
    void rowsTooCloseOrTooFarApartAreRejected() {
        Gemm gemm = new Gemm(device);
        GemmMatrix fits = new GemmMatrix(1 << 20, 8, 0);
        for (int leading : new int[] {7, 1 << 23}) {
            GemmMatrix bad = new GemmMatrix(1 << 20, leading, 0);
            assertThatThrownBy(() -> gemm.forward(DType.FLOAT32, GemmSize.of(8, 8, 8), fits, bad, fits, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("rows of b are at least 8 elements apart and at most 4194304, got " + leading);
        }
        assertThatThrownBy(() -> new GemmSize(1, 1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("k of at least 1");
    }
}
