package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {

    @Test
    void isWhatTheStepAllocates() {
        PretrainSettings settings = SmallRun.settings(1);
        MemoryNeed need = MemoryNeed.of(settings, DType.FLOAT32);
        try (Backend cpu = CpuBackend.create(1)) {
            ElectraModel model = new ElectraModel(cpu, settings.model(), 1);
            TrainingStep step = new TrainingStep(model, settings);

            assertThat(need.parameters())
                    .isEqualTo(4 * model.parameters().values().size());
            assertThat(need.gradients()).isEqualTo(need.parameters());
            assertThat(need.moments()).isEqualTo(2 * need.parameters());
            assertThat(need.activations())
                    .isEqualTo(step.graph().program().memory().bytes());
            assertThat(need.batch()).isBetween(1L, need.activations());
        }
    }

    @Test
    void microBatchesAndBf16TakeLess() {
        MemoryNeed whole = MemoryNeed.of(SmallRun.settings(1), DType.FLOAT32);
        MemoryNeed bf16 = MemoryNeed.of(SmallRun.settings(1), DType.BFLOAT16);

        assertThat(MemoryNeed.of(SmallRun.settings(2), DType.FLOAT32).activations())
                .isLessThan(whole.activations());
        assertThat(bf16.activations()).isLessThan(whole.activations());
        assertThat(bf16.copies()).isEqualTo(whole.parameters() / 2);
        assertThat(whole.total()).isEqualTo(4 * whole.parameters() + whole.activations() + whole.batch());
    }
}
