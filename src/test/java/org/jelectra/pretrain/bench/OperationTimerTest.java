package org.jelectra.pretrain.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.check.Trial;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.pretrain.SmallRun;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperationTimerTest {

    private static final Collection<Trial> TRIALS = StepOperations.of(SmallRun.settings(1), 1001, words -> words);
    private static final int EVICTED = 4096;

    @Test
    void operandsStayFiniteHoweverOftenAnOperationRuns() {
        try (Backend backend = CpuBackend.create(1)) {
            OperationTimer timer = new OperationTimer(backend, TRIALS, EVICTED, 100, 100);
            for (Trial trial : TRIALS) {
                TimedOperation timed = timer.time(trial);
                assertThat(timed.cold().at(20)).as(trial.name()).isPositive();
                assertThat(timed.warm().at(20)).as(trial.name()).isPositive();
                for (Tensor operand : timed.operands()) {
                    if (operand.dtype().isFloat()) {
                        float[] numbers = new float[(int) operand.size()];
                        backend.download(operand, numbers, 0);
                        for (float number : numbers) {
                            assertThat(number)
                                    .as(trial.name() + " " + operand.name())
                                    .isFinite();
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void timesTheCudaBackendByItsEvents(DType values) {
        try (Backend backend = SimulatedBackends.open(values)) {
            Collection<Trial> trials = StepOperations.of(SmallRun.settings(1), 1001, backend::logitsWidth);
            OperationTimer timer = new OperationTimer(backend, trials, EVICTED, 0, 1);
            List<TimedOperation> timed = trials.stream().map(timer::time).toList();

            assertThat(timed).extracting(TimedOperation::name).containsAll(names());
            // the simulator's events say nothing but that they are there
            assertThat(timed).allSatisfy(operation -> {
                assertThat(operation.cold().at(50)).isNotNegative();
                assertThat(operation.warm().at(50)).isNotNegative();
                assertThat(operation.bytes()).isPositive();
            });
        }
    }

    private static List<String> names() {
        return TRIALS.stream().map(Trial::name).toList();
    }

    @Test
    void operationsAreThoseOfBothNetworksAndNoneTwice() {
        List<String> keys = new ArrayList<>();
        TRIALS.forEach(trial -> keys.add(trial.name() + trial.shapes()));

        assertThat(new HashSet<>(keys)).hasSameSizeAs(keys);
        assertThat(keys)
                .contains("addLayerNorm[[76, 20], [4], [76, 20], [20], [20], [76, 20], [76, 20], [76, 2]]")
                .contains("addLayerNorm[[76, 10], [4], [76, 10], [10], [10], [76, 10], [76, 10], [76, 2]]")
                .contains("linear[[76, 20], [60, 20], [60], [76, 60]]")
                .contains("embedding[[76], [76], [67, 12], [21, 12], [2, 12], [76, 12]]")
                .contains("adamW[[1001], [1001], [1001], [1001], [1], [1]]");
    }

    /** The head as a step has it: logits in rows as wide as the backend likes them, but those of the Gumbel maximum. */
    @Test
    void logitsHaveTheColumnsThatTheBackendLikes() {
        List<String> keys = StepOperations.of(SmallRun.settings(1), 1001, words -> words + 9).stream()
                .map(trial -> trial.name() + trial.shapes())
                .toList();

        assertThat(keys)
                .contains("linear[[8, 12], [67, 12], [67], [8, 76]]")
                .contains("linearBackwardInput[[8, 76], [67, 12], [8, 12]]")
                .contains("linearBackwardWeight[[8, 12], [8, 76], [67, 12], [67]]")
                .contains("crossEntropy[[8, 76], [8], [8], [1], [8], [8], [1]]")
                .noneMatch(key -> key.startsWith("linear[") && key.endsWith(", [8, 67]]"))
                .anyMatch(key -> key.startsWith("sampleGumbel[[8, 67]"));
    }

    @Test
    void oneNetworkAloneHasOperationsToo() {
        assertThat(StepOperations.of(SmallRun.settings(Sharing.EMBEDDINGS, Objective.MLM, 1), 1001, words -> words))
                .extracting(Trial::name)
                .contains("linear", "attentionBackward", "adamW");
    }
}
