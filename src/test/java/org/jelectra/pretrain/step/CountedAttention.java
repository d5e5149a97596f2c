package org.jelectra.pretrain.step;

import java.util.Arrays;
import java.util.Map;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Randomness;
import org.jelectra.backend.cuda.LaunchCounter;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * Attention in bf16 with dropout, forward and backward, with every key and all numbers 0.5, once on a simulated device.
 *
 * @param counters what the simulator counted, by kernel
 * @param bytes what the launches must move by their account, by kernel
 */
record CountedAttention(Map<String, KernelCounters> counters, Map<String, Long> bytes) {

    /** On a device of that capability (10 major + minor). */
    static CountedAttention on(int capability, AttentionShape shape) {
        SimulatedDriver driver = new SimulatedDriver(
                SimulatorOptions.defaults().withRaces(false).withDevice("simulated sm_" + capability, capability));

        LaunchCounter counter = new LaunchCounter(driver, true);
        try (Backend backend = counter.open(DType.BFLOAT16)) {
            int tokens = shape.batch() * shape.length();
            int hidden = shape.hiddenSize();
            Tensor clock = tensor(backend, DType.INT32, 4);
            backend.upload(new int[] {1, 2, 3, 0}, 0, clock);
            Tensor mask = tensor(backend, DType.INT32, tokens);
            int[] every = new int[tokens];
            Arrays.fill(every, 1);
            backend.upload(every, 0, mask);
            Tensor qkv = tensor(backend, DType.BFLOAT16, tokens, 3 * hidden);
            Tensor dOut = tensor(backend, DType.BFLOAT16, tokens, hidden);
            AttentionOperands operands = new AttentionOperands(
                    qkv,
                    mask,
                    shape,
                    new Dropout(0.1f, new Randomness(clock, 4)),
                    tensor(backend, DType.BFLOAT16, tokens, hidden),
                    tensor(backend, DType.FLOAT32, tokens * shape.heads()));
            backend.fill(qkv, 0.5f).run();
            backend.fill(dOut, 0.5f).run();
            driver.resetCounters();
            counter.clear();
            backend.attention(operands).run();
            backend.attentionBackward(operands, dOut, tensor(backend, DType.BFLOAT16, tokens, 3 * hidden))
                    .run();
            return new CountedAttention(driver.counters(), counter.bytes());
        }
    }

    private static Tensor tensor(Backend backend, DType type, int... sizes) {
        Shape shape = Shape.of(sizes);
        return Tensor.of("attention's", shape, backend.allocate(type, (int) shape.size()), 0);
    }
}
