package org.jelectra.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An encoder of two layers with a head, of which some parts are frozen: what is recorded of them, and what the others learn. */
class FrozenLayersTest {

    private static final int BATCH = 2;
    private static final int LENGTH = 8;

    /** One backward pass. */
    private static final class Trial {
        private final List<String> backward = new ArrayList<>();
        private final Map<String, float[]> gradients = new LinkedHashMap<>();
        private final long bytes;

        Trial(Backend backend, Predicate<String> frozen) {
            this(backend, frozen, 32, 2);
        }

        Trial(Backend backend, Predicate<String> frozen, int width, int heads) {
            var arena = new ParameterArena();
            // tables of another width than the layers, so that there is a projection
            var config = new EncoderConfig(30, 16, width, 2, heads, 4 * width, LENGTH, 2, 0.1f, 0.1f, 1e-12f, 0.2f);
            var encoder = new Encoder(arena, "encoder", config, new Embeddings(arena, "encoder.embeddings", config));
            var head = new Linear(arena, "head", width, 5, Initializer.GLOROT_UNIFORM);
            arena.allocate(backend, 1);

            var inputs = new InputArena(backend);
            Tensor clock = inputs.clock();
            Tensor ids = inputs.ints("ids", BATCH * LENGTH);
            Tensor mask = inputs.ints("mask", BATCH * LENGTH);
            Tensor types = inputs.ints("types", BATCH * LENGTH);
            Tensor labels = inputs.ints("labels", BATCH * LENGTH);
            inputs.allocate();
            var random = new Random(1);
            inputs.setClock(clock, 7, 1, 0);
            inputs.set(ids, random.ints(BATCH * LENGTH, 0, 30).toArray(), 0);
            inputs.set(mask, random.ints(BATCH * LENGTH, 1, 2).toArray(), 0);
            inputs.set(types, random.ints(BATCH * LENGTH, 0, 2).toArray(), 0);
            inputs.set(labels, random.ints(BATCH * LENGTH, 0, 5).toArray(), 0);
            inputs.upload();

            Tape tape = new Tape(backend, clock);
            tape.freeze(frozen);
            List<Variable> states = encoder.apply(tape, new EncoderInputs(ids, mask, types, BATCH, LENGTH), true);
            tape.losses().crossEntropy(head.apply(tape, states.get(2)), labels);
            tape.backward();
            Program program = tape.compile();
            program.forward();
            program.backward((operation, tensors) -> backward.add(operation));
            bytes = program.memory().bytes();
            for (var parameter : arena.parameters()) {
                float[] gradient = new float[(int) parameter.gradient().size()];
                backend.download(parameter.gradient(), gradient, 0);
                gradients.put(parameter.name(), gradient);
            }
        }

        /** Checks the gradients against those of a trial in which all is trained. */
        void assertGradients(Trial all, Predicate<String> frozen, float tolerance) {
            gradients.forEach((name, gradient) -> {
                if (frozen.test(name)) {
                    assertThat(gradient).as(name).containsOnly(0);
                } else {
                    assertThat(all.gradients.get(name)).as(name).isNotEqualTo(new float[gradient.length]);
                    assertThat(gradient).as(name).containsExactly(all.gradients.get(name), within(tolerance));
                }
            });
        }
    }

    private static final Predicate<String> LOWER =
            name -> name.startsWith("encoder.embeddings") || name.startsWith("encoder.encoder.layer.0.");

    @Test
    void stackedParametersAreFrozenByTheNamesOfTheirMembers() {
        try (Backend backend = CpuBackend.create(1)) {
            var arena = new ParameterArena();
            var stacked = arena.addStacked("attention", List.of("query", "key"), Initializer.ZEROS, 2, 3);
            arena.allocate(backend, 1);
            Tape tape = new Tape(backend, null);
            assertThat(tape.parameter(stacked).requiresGradient()).isTrue();
            tape.freeze("query"::equals);
            assertThatThrownBy(() -> tape.parameter(stacked))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("attention[4, 3] is of [query, key], which must be frozen together, got only [query]");
            tape.freeze("key"::equals);
            assertThat(tape.parameter(stacked).requiresGradient()).isFalse();
        }
    }

    @Test
    void theLowerLayersHaveNoBackwardPass() {
        try (Backend backend = CpuBackend.create(1)) {
            Trial all = new Trial(backend, name -> false);
            Trial upper = new Trial(backend, LOWER);
            upper.assertGradients(all, LOWER, 0);
            // the head, then the feed-forward and the attention part of the second layer, whose input needs no gradient
            assertThat(upper.backward)
                    .containsExactly(
                            "linearBackwardWeight",
                            "linearBackwardInputLayerNorm",
                            "linearBackwardWeight",
                            "feedForwardBackwardInputLayerNorm",
                            "linearBackwardWeight",
                            "linearBackwardWeight",
                            "selfAttentionBackward",
                            "linearBackwardWeight");
            assertThat(all.backward).hasSizeGreaterThan(upper.backward.size());
            assertThat(upper.bytes).isLessThan(all.bytes);

            Predicate<String> encoder = name -> name.startsWith("encoder.");
            Trial head = new Trial(backend, encoder);
            head.assertGradients(all, encoder, 0);
            assertThat(head.backward).containsExactly("linearBackwardWeight");
            assertThat(head.bytes).isLessThan(upper.bytes);
        }
    }

    /** Gradients of the frozen part still reach what lies below it. */
    @Test
    void aFrozenLayerBetweenTrainedOnes() {
        Predicate<String> second = name -> name.startsWith("encoder.encoder.layer.1.");
        try (Backend backend = CpuBackend.create(1)) {
            Trial all = new Trial(backend, name -> false);
            Trial others = new Trial(backend, second);
            others.assertGradients(all, second, 0);
            assertThat(others.backward).contains("selfAttentionBackwardLayerNorm");
            assertThat(others.backward.stream().filter("linearBackwardWeight"::equals))
                    .hasSizeLessThan((int) all.backward.stream()
                            .filter("linearBackwardWeight"::equals)
                            .count());
        }
    }

    /** Layers of one head that is 64 wide are chained there in bf16. */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 32, 2", "BFLOAT16, 32, 2", "BFLOAT16, 64, 1"})
    void soItIsOnADevice(DType valueType, int width, int heads) {
        try (Backend backend = SimulatedBackends.open(valueType)) {
            Trial all = new Trial(backend, name -> false, width, heads);
            Trial upper = new Trial(backend, LOWER, width, heads);
            // groups of other sizes may cut sums elsewhere
            upper.assertGradients(all, LOWER, valueType == DType.FLOAT32 ? 1e-6f : 1e-3f);
            assertThat(upper.backward).hasSizeLessThan(all.backward.size());
            assertThat(upper.bytes).isLessThan(all.bytes);
        }
    }
}
