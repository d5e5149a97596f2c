package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which block of a launch comes last is chance on a device: every operation leaves the same bits where it is the first one. */
class BlocksBackwardsTest {

    private static Backend backend(DType values, boolean backwards) {
        SimulatorOptions options =
                SimulatorOptions.defaults().withRaces(false).withThreads(1).withBackwards(backwards);
        return CudaBackend.on(Gpu.open(new SimulatedDriver(options), 0), values);
    }

    private static Map<String, int[]> results(Backend backend, Trial trial) {
        Map<String, Tensor> tensors = trial.place(backend);
        trial.prepare(backend, tensors).run();
        Map<String, int[]> results = new LinkedHashMap<>();
        trial.operands().stream().filter(operand -> operand.touched() > 0).forEach(operand -> {
            Tensor tensor = tensors.get(operand.name());
            int[] bits = new int[Math.toIntExact(tensor.size())];
            if (tensor.dtype() == DType.INT32) {
                backend.download(tensor, bits, 0);
            } else {
                float[] numbers = new float[bits.length];
                backend.download(tensor, numbers, 0);
                for (int i = 0; i < bits.length; i++) {
                    bits[i] = Float.floatToIntBits(numbers[i]);
                }
            }
            results.put(operand.name(), bits);
        });
        return results;
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void everyOperationLeavesTheSameBits(DType values) {
        try (Backend forwards = backend(values, false);
                Backend backwards = backend(values, true)) {
            for (Trial trial : Catalog.withVariants(Sizes.EVEN)) {
                Map<String, int[]> wanted = results(forwards, trial);
                assertThat(wanted).as(trial.name()).isNotEmpty();
                results(backwards, trial)
                        .forEach((name, bits) -> assertThat(bits)
                                .as(trial.name() + " leaves " + name)
                                .isEqualTo(wanted.get(name)));
            }
        }
    }
}
