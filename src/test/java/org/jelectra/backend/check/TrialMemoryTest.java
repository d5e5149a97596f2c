package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.electra.Preset;
import org.jelectra.gpu.DryDriver;
import org.jelectra.gpu.Gpu;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.SmallRun;
import org.jelectra.pretrain.bench.StepOperations;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrialMemoryTest {

    private static Collection<Trial> trials(Backend backend) {
        return StepOperations.of(SmallRun.settings(1), 1001, backend::logitsWidth);
    }

    @Test
    void operandsHoldWhatTheyHoldInMemoryOfTheirOwn() {
        try (Backend backend = CpuBackend.create(1)) {
            TrialMemory memory = new TrialMemory(backend, trials(backend));
            for (Trial trial : trials(backend)) {
                Map<String, Tensor> shared = memory.place(trial);
                Map<String, Tensor> own = trial.place(backend);
                assertThat(shared.keySet()).containsExactlyElementsOf(own.keySet());
                own.forEach((name, tensor) -> assertThat(content(backend, shared.get(name)))
                        .as(trial + " " + name)
                        .isEqualTo(content(backend, tensor)));
            }
        }
    }

    private static Object content(Backend backend, Tensor tensor) {
        if (tensor.dtype() == DType.INT32) {
            int[] numbers = new int[(int) tensor.size()];
            backend.download(tensor, numbers, 0);
            return numbers;
        }
        float[] numbers = new float[(int) tensor.size()];
        backend.download(tensor, numbers, 0);
        return numbers;
    }

    /** Operations on tensor cores have copies of weights, which must be those of this trial's. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void operationsComputeTheSameInIt(DType values) {
        try (Backend one = SimulatedBackends.open(values);
                Backend other = SimulatedBackends.open(values)) {
            TrialMemory memory = new TrialMemory(one, trials(one));
            for (Trial trial : trials(one)) {
                Map<String, Tensor> shared = memory.place(trial);
                Map<String, Tensor> own = trial.place(other);
                trial.prepare(one, shared).run();
                trial.prepare(other, own).run();
                for (TrialOperand operand : trial.operands()) {
                    assertThat(content(one, shared.get(operand.name())))
                            .as(trial + " " + operand.name())
                            .isEqualTo(content(other, own.get(operand.name())));
                }
            }
        }
    }

    @Test
    void operandsOfAPresetsStepTakeAFifthOfWhatAllOfThemWould() {
        DryDriver driver = new DryDriver(MemoryNeed.LARGE_DEVICE);
        try (CudaBackend backend = CudaBackend.on(Gpu.open(driver, 0), DType.BFLOAT16)) {
            PretrainSettings settings = PretrainSettings.of(Preset.SMALL, 30522);
            Collection<Trial> trials = StepOperations.of(settings, 14_000_000, backend::logitsWidth);
            long before = driver.allocated();
            new TrialMemory(backend, trials);

            long all = trials.stream()
                    .flatMap(trial -> trial.operands().stream())
                    .mapToLong(operand -> operand.shape().size()
                            * operand.dtype(DType.BFLOAT16).bytes())
                    .sum();
            assertThat(driver.allocated() - before).isLessThan(all / 5);
        }
    }
}
