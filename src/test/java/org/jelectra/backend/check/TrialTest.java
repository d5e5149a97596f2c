package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.backend.TestTensors.read;

import java.util.List;
import java.util.Map;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What operands hold, and what operations cost at least, against sums made by hand: 16,384 tokens of hidden size 256, in bf16. */
class TrialTest {

    private static final Sizes SMALL =
            new Sizes(new AttentionShape(128, 128, 4, 64), 1024, 30_522, 2432, 128, 14_211_579);

    private static final double MB = 1e6;

    private static Trial trial(String name) {
        return Catalog.of(SMALL).stream()
                .filter(trial -> trial.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double megabytes(String name) {
        return trial(name).bytes(DType.BFLOAT16) / MB;
    }

    @Test
    void contentIsTheSameEveryTimeAndOfEachOperandItsOwn() {
        Trial add = Catalog.of(Sizes.OF_LARGE_TILES).get(1);
        try (Backend one = CpuBackend.create(1);
                Backend other = CpuBackend.create(2)) {
            Map<String, Tensor> first = add.place(one);
            Map<String, Tensor> again = add.place(other);
            float[] x = read(one, first.get("x"));
            assertThat(x).isEqualTo(read(other, again.get("x")));
            assertThat(x).isNotEqualTo(read(one, first.get("y")));
            // larger than what is drawn, which is repeated
            assertThat(x[65_537 + 3]).isEqualTo(x[3]);
            assertThat(x[x.length - 1]).isEqualTo(x[(x.length - 1) % 65_537]).isNotZero();
        }
    }

    /** Rows, tokens and positions, at all sizes that a device is checked at; the reference says where one is not, a device may not. */
    @Test
    void whatTrialsLookUpIsThere() {
        try (Backend cpu = CpuBackend.create(2)) {
            for (Sizes sizes : Sizes.ALL) {
                List<Trial> trials = Catalog.withVariants(sizes).stream()
                        .filter(TrialTest::looksUp)
                        .toList();
                assertThat(trials).hasSizeGreaterThan(20);
                for (Trial trial : trials) {
                    assertThatCode(() -> trial.prepare(cpu, trial.place(cpu)).run())
                            .as("%s of %s", trial, sizes)
                            .doesNotThrowAnyException();
                }
            }
        }
    }

    private static boolean looksUp(Trial trial) {
        return trial.operands().stream()
                .anyMatch(operand -> operand.kind() == TrialOperand.Kind.INTEGERS
                        && !operand.isResult()
                        && !operand.name().equals("clock"));
    }

    @Test
    void productsMoveTheirFactorsInTheTypeOfTheValuesAndGradientsInFloat32() {
        Trial queryKeyValue = Catalog.product(16_384, 256, 768, 768).get(0);
        assertThat(queryKeyValue.bytes(DType.BFLOAT16) / MB).isEqualTo(33.95, within(0.005));
        assertThat(queryKeyValue.bytes(DType.FLOAT32)).isEqualTo(2 * queryKeyValue.bytes(DType.BFLOAT16) - 4 * 768);
        assertThat(queryKeyValue.flops() / 1e9).isEqualTo(6.44, within(0.005));

        // activation and gradient once, the weight's gradient read and written
        assertThat(megabytes("linearBackwardWeight"))
                .isEqualTo((2 * 16_384 * 1280 + 8 * 1024 * 256 + 8 * 1024) / MB, within(1e-9));
        assertThat(megabytes("linearGelu")).isEqualTo(76.0, within(0.05));
        assertThat(megabytes("linearBackwardInputGelu")).isEqualTo(76.0, within(0.05));
    }

    @Test
    void attentionNeedsNoScoresInMemory() {
        assertThat(megabytes("attention")).isEqualTo(33.9, within(0.05));
        assertThat(trial("attention").flops() / 1e9).isEqualTo(2.15, within(0.005));
        assertThat(megabytes("attentionBackward")).isEqualTo(67.4, within(0.05));
        assertThat(trial("attentionBackward").flops() / 1e9).isEqualTo(5.37, within(0.005));
    }

    @Test
    void lookUpsTouchTheirRowsAlone() {
        double rows = 16_384 * 128;
        assertThat(megabytes("embedding")).isEqualTo((6 * rows + 8 * 16_384 + 4 * 130 * 128) / MB, within(1e-9));
        assertThat(megabytes("gatherRows")).isEqualTo(2432 * (4 * 256 + 4) / MB, within(1e-9));
    }

    @Test
    void logitsAreReadOnceAndTheirGradientTakesTheirPlace() {
        assertThat(megabytes("crossEntropy with a draw")).isEqualTo(148.5, within(0.05));
        assertThat(megabytes("crossEntropyWithGradient with a draw")).isEqualTo(297.0, within(0.05));
        assertThat(megabytes("crossEntropyBackward")).isEqualTo(296.9, within(0.05));
        assertThat(trial("crossEntropy").flops()).isZero();
    }

    @Test
    void theUpdateReadsFourNumbersOfAParameterAndWritesThree() {
        assertThat(megabytes("adamW")).isEqualTo((28 * 14_211_579.0 + 8) / MB, within(1e-9));
    }
}
