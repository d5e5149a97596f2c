package org.jelectra.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jelectra.backend.TestTensors.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.optim.AdamW;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An arena of which the first parameters are frozen. */
class FrozenParametersTest {

    private static final Predicate<String> TABLES = name -> name.startsWith("table");
    /** Values of the tables: more than two of the pieces that sums over an arena are cut into. */
    private static final int FROZEN = 2 * 65536 + 100 * 300;

    private static ParameterArena arena() {
        var arena = new ParameterArena();
        arena.add("table.words", Initializer.truncatedNormal(0.02), 2 * 65536);
        arena.add("table.positions", Initializer.truncatedNormal(0.02), 100, 300);
        arena.addStacked("qkv", List.of("query", "key", "value"), Initializer.truncatedNormal(0.02), 30, 40);
        arena.add("bias", Initializer.ZEROS, 70_000);
        return arena;
    }

    /** Some updates with gradients that are clipped; what the arena holds then, and the norms. */
    private static List<float[]> train(Backend backend, Predicate<String> withoutMemory) {
        ParameterArena arena = arena();
        arena.allocate(backend, 5, withoutMemory);
        List<AdamWOptions.Segment> segments = arena.segments(0.1f, AdamW::decays, name -> TABLES.test(name) ? 0 : 0.5);
        var optimizer = new AdamW(backend, arena.trained(), arena.gradients(), segments, AdamW.Options.ELECTRA);
        assertThat(optimizer.firstMoments().size()).isEqualTo(arena.gradients().size());
        var random = new Random(1);
        List<float[]> results = new ArrayList<>();
        for (int step = 0; step < 3; step++) {
            backend.fill(arena.gradients(), 0).run();
            for (Parameter parameter : arena.parameters()) {
                if (!TABLES.test(parameter.name())) {
                    float[] gradient = new float[(int) parameter.gradient().size()];
                    for (int i = 0; i < gradient.length; i++) {
                        gradient[i] = (float) random.nextGaussian();
                    }
                    backend.upload(gradient, 0, parameter.gradient());
                }
            }
            optimizer.step(0.01);
            results.add(new float[] {optimizer.gradientNorm()});
        }
        results.add(read(backend, arena.values()));
        return results;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void othersLearnTheSameBitsWithoutMemoryForTheirGradients(boolean simulated) {
        try (Backend backend = simulated ? SimulatedBackends.open(DType.FLOAT32) : CpuBackend.create(2)) {
            List<float[]> expected = train(backend, name -> false);
            List<float[]> results = train(backend, TABLES);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(results.get(i)).isEqualTo(expected.get(i));
            }
            assertThat(results.get(0)[0]).as("a norm that clips").isGreaterThan(1);
            ParameterArena fresh = arena();
            fresh.allocate(backend, 5);
            float[] initial = read(backend, fresh.values());
            float[] trained = results.get(3);
            assertThat(Arrays.copyOf(trained, FROZEN)).isEqualTo(Arrays.copyOf(initial, FROZEN));
            assertThat(trained).isNotEqualTo(initial);
        }
    }

    @Test
    void gradientsBeginWithThePieceOfTheFirstThatIsTrained() {
        try (Backend backend = CpuBackend.create(1)) {
            ParameterArena all = arena();
            all.allocate(backend, 5);
            ParameterArena arena = arena();
            arena.allocate(backend, 5, TABLES);

            long size = all.values().size();
            assertThat(all.gradients().size()).isEqualTo(size);
            assertThat(all.trained().size()).isEqualTo(size);
            assertThat(arena.values().size()).isEqualTo(size);
            assertThat(arena.gradients().size()).isEqualTo(size - 2 * 65536);
            assertThat(arena.trained().offset()).isEqualTo(2 * 65536);
            assertThat(arena.parameter("table.words").gradient().isBound()).isFalse();
            assertThat(arena.parameter("table.positions").gradient().isBound()).isFalse();
            assertThat(arena.parameter("query").gradient().isBound()).isTrue();
        }
    }

    @Test
    void whatWasFrozenIsNotTrained() {
        try (Backend backend = CpuBackend.create(1)) {
            ParameterArena arena = arena();
            arena.allocate(backend, 5, TABLES);
            assertThatThrownBy(() -> arena.segments(0, AdamW::decays, name -> 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("table.words was frozen when it got its memory, so that its learning rate must have the"
                            + " factor 0, got 1.0");

            ParameterArena untrained = arena();
            untrained.allocateUntrained(backend);
            assertThat(untrained.gradients()).isNull();
            assertThatThrownBy(untrained::trained)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no parameter is trained: gradients have no memory");
        }
    }
}
