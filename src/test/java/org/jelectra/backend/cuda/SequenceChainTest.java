package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.backend.TestTensors.ints;
import static org.jelectra.backend.TestTensors.read;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.nn.Embeddings;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Layers of an encoder by one launch each way against a launch for each part, bit for bit. The simulator runs a block to its end
 * before it begins with the next, so that memory which two sequences need for different tensors at a time would show.
 */
class SequenceChainTest {

    private static final int WIDTH = SelfAttention.WIDTH;

    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of(1, 1, 128, false, true),
                Arguments.of(2, 3, 100, true, true),
                Arguments.of(3, 2, 65, true, false),
                Arguments.of(2, 2, 128, true, true));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void chainIsTheLaunchesOneAfterTheOther(int layers, int batch, int length, boolean padding, boolean dropping) {
        Step chained = new Step(true, layers, batch, length, padding, dropping);
        Step single = new Step(false, layers, batch, length, padding, dropping);
        assertSame(chained, single);
        assertThat(chained.launches).containsEntry("encoder_forward_d64_bf16", 1L);
        assertThat(chained.launches).containsEntry("encoder_backward_d64_bf16", 1L);
        assertThat(chained.launches.keySet())
                .noneMatch(name -> name.startsWith("self_attention") || name.startsWith("feed_forward"));
        assertThat(single.launches.keySet()).noneMatch(name -> name.startsWith("encoder"));
    }

    /** Of short sequences there are more than partial sums of a feed-forward part: its way back is a launch of its own. */
    @Test
    void shortSequencesAreAChainForward() {
        Step chained = new Step(true, 2, 3, 7, true, true);
        assertSame(chained, new Step(false, 2, 3, 7, true, true));
        assertThat(chained.launches).containsEntry("encoder_forward_d64_bf16", 1L);
        assertThat(chained.launches.keySet()).doesNotContain("encoder_backward_d64_bf16");
    }

    @Test
    void sequencesOfWhichNoBlockHasRoomAreNoChain() {
        Step chained = new Step(true, 1, 1, 129, false, false);
        assertThat(chained.launches.keySet()).noneMatch(name -> name.startsWith("encoder"));
    }

    /** One more, and what the kernels fetch ahead would never end: its step, 64 bytes a thread of the grid, would be 0 in 32 bits. */
    @Test
    void soManySequencesAreNoChain() {
        Backend backend = CudaBackend.on(Gpu.open(new SimulatedDriver(), 0), DType.BFLOAT16);
        assertThat(backend.chains(new AttentionShape(262_143, 1, 1, WIDTH))).isTrue();
        assertThat(backend.chains(new AttentionShape(262_144, 1, 1, WIDTH))).isFalse();
    }

    /** The kernels put the rows of the table behind it. */
    @Test
    void aTaskFitsTheMemoryBeforeTheTable() {
        assertThat(SequenceChain.TASK_BYTES)
                .isGreaterThanOrEqualTo(SelfAttention.FORWARD_BYTES)
                .isGreaterThanOrEqualTo(SelfAttention.BACKWARD_BYTES);
    }

    private static void assertSame(Step chained, Step single) {
        assertThat(chained.state).containsExactly(single.state);
        chained.gradients.forEach((name, gradient) -> {
            if (name.contains("LayerNorm")) {
                RowSums.assertClose(gradient, single.gradients.get(name));
            } else {
                assertThat(gradient).as(name).containsExactly(single.gradients.get(name));
            }
        });
    }

    /** What two steps of an encoder leave, of which the second is a CUDA graph. */
    private static final class Step {

        private final Backend backend;
        private final Map<String, float[]> gradients = new LinkedHashMap<>();
        private final Map<String, Long> launches = new HashMap<>();
        private final float[] state;

        Step(boolean chains, int layers, int batch, int length, boolean padding, boolean dropping) {
            SimulatedDriver driver = new SimulatedDriver();
            Backend simulated = CudaBackend.on(Gpu.open(driver, 0), DType.BFLOAT16);
            backend = chains ? simulated : withoutChains(simulated);
            int tokens = batch * length;
            float dropout = dropping ? 0.1f : 0;
            EncoderConfig config =
                    new EncoderConfig(50, WIDTH, WIDTH, layers, 1, 128, length, 2, dropout, dropout, 1e-12f, 0.1f);
            ParameterArena arena = new ParameterArena();
            Encoder encoder = new Encoder(arena, "encoder", config, new Embeddings(arena, "embeddings", config));
            Linear head = new Linear(arena, "head", WIDTH, 1, Initializer.GLOROT_UNIFORM);
            arena.allocate(backend, 11);
            Tape tape = new Tape(backend, ints(backend, 7, 8, 9, 2));
            int[] ids = new int[tokens];
            Arrays.setAll(ids, i -> i * 31 % 50);
            int[] mask = new int[tokens];
            Arrays.setAll(mask, i -> padding && i % length > length - 2 - i / length * length / 3 ? 0 : 1);
            EncoderInputs inputs = new EncoderInputs(
                    ints(backend, ids), ints(backend, mask), ints(backend, new int[tokens]), batch, length);
            List<Variable> states = encoder.apply(tape, inputs, true);
            Tensor last = tape.keep(states.get(layers).value());
            int[] labels = new int[tokens];
            Arrays.setAll(labels, i -> i % 3 == 0 ? 1 : 0);
            Tensor normalizer = tape.tensor("normalizer", DType.FLOAT32, 1);
            tape.record("fill", List.of(normalizer), () -> backend.fill(normalizer, 3));
            tape.losses()
                    .sigmoidCrossEntropy(
                            head.apply(tape, states.get(layers)),
                            ints(backend, labels),
                            inputs.attentionMask(),
                            normalizer,
                            tape.tensor("counts", DType.FLOAT32, 4),
                            1);
            tape.backward();
            Program program = tape.compile();
            Operation step = backend.recorded(() -> {
                program.forward();
                program.backward();
            });
            driver.resetCounters();
            step.run();
            driver.counters().forEach((kernel, counters) -> launches.put(kernel, counters.launches()));
            step.run();
            state = read(backend, last);
            arena.parameters()
                    .forEach(parameter -> gradients.put(parameter.name(), read(backend, parameter.gradient())));
            backend.close();
        }

        private static Backend withoutChains(Backend backend) {
            return (Backend) Proxy.newProxyInstance(
                    Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                        try {
                            return method.getName().equals("chains") ? false : method.invoke(backend, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
