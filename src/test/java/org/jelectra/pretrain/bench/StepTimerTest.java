package org.jelectra.pretrain.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.electra.ElectraModel;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.SmallRun;
import org.jelectra.pretrain.TrainingStep;
import org.jelectra.tensor.DType;
import org.jelectra.text.batch.Batch;
import org.junit.jupiter.api.Test;

class StepTimerTest {

    private static final PretrainSettings SETTINGS = SmallRun.settings(2);

    private static List<OperationTime> measure(Backend backend, int steps) {
        try (backend) {
            StepTimer timer = new StepTimer(backend, SETTINGS, SmallRun.vocabulary());
            assertThat(DoubleStream.of(timer.steps(1, steps)).boxed())
                    .hasSize(steps)
                    .allMatch(time -> time > 0);
            assertThat(timer.waitMilliseconds()).isPositive();
            assertThat(timer.hostMilliseconds(steps)).isPositive();
            return timer.operations(steps);
        }
    }

    private static Map<String, Integer> counts(List<OperationTime> times) {
        return times.stream().collect(Collectors.toMap(OperationTime::operation, OperationTime::count, Integer::sum));
    }

    @Test
    void timesEveryOperationOfAStep() {
        List<OperationTime> times = measure(CpuBackend.create(1), 3);

        int operations;
        try (Backend backend = CpuBackend.create(1)) {
            ElectraModel model = new ElectraModel(backend, SETTINGS.model(), SETTINGS.seed());
            operations = new TrainingStep(model, SETTINGS).graph().program().operations();
        }
        Map<String, Integer> counts = counts(times);
        assertThat(counts.values().stream().mapToInt(Integer::intValue).sum())
                .as("both micro-batches, cleared gradients, two uploads, norm and update")
                .isEqualTo(2 * operations + 5);
        assertThat(counts)
                .containsEntry("uploadBatch", 2)
                .containsEntry("selfAttention", 2 * 4)
                .containsEntry("selfAttentionBackward", 2 * 2)
                .containsEntry("selfAttentionBackwardLayerNorm", 2 * 2)
                .containsEntry("globalNorm", 1)
                .containsEntry("adamW", 1);
        assertThat(times)
                .isSortedAccordingTo((a, b) -> Double.compare(b.milliseconds(), a.milliseconds()))
                .allMatch(time -> time.milliseconds() > 0);
    }

    @Test
    void timesTheCudaBackendToo() {
        assertThat(counts(measure(SimulatedBackends.open(DType.BFLOAT16), 1)))
                .containsEntry("selfAttention", 2 * 4)
                .containsEntry("adamW", 1);
    }

    @Test
    void oneOperationAtATimeIsTheSameStep() {
        Batch batch = SmallRun.batch(0);
        float[][] weights = new float[2][];
        for (int way = 0; way < 2; way++) {
            try (Backend backend = CpuBackend.create(1)) {
                ElectraModel model = new ElectraModel(backend, SETTINGS.model(), SETTINGS.seed());
                TrainingStep step = new TrainingStep(model, SETTINGS);
                for (int number = 0; number < 3; number++) {
                    if (way == 0) {
                        step.run(batch, number);
                    } else {
                        step.inspect(batch, number, (operation, tensors) -> true);
                    }
                }
                weights[way] = SmallRun.read(backend, model.parameters().values());
            }
        }
        assertThat(weights[1]).isEqualTo(weights[0]);
    }

    @Test
    void randomBatchesAreFullMaskedAndRepeatable() {
        Batch batch = RandomBatch.of(SETTINGS, SmallRun.vocabulary());

        assertThat(batch.tokenCount).isEqualTo(SmallRun.BATCH * SmallRun.LENGTH);
        assertThat(batch.attentionMask).containsOnly(1);
        assertThat(batch.maskedCount).isEqualTo(SmallRun.BATCH * SETTINGS.slots());
        for (int row = 0; row < SmallRun.BATCH; row++) {
            assertThat(batch.inputIds[row * SmallRun.LENGTH]).isEqualTo(2);
            assertThat(batch.inputIds[(row + 1) * SmallRun.LENGTH - 1]).isEqualTo(3);
        }
        assertThat(batch.inputIds).doesNotContain(0, 4);
        assertThat(RandomBatch.of(SETTINGS, SmallRun.vocabulary()).inputIds).isEqualTo(batch.inputIds);
    }
}
