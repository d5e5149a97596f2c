package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.InputArena;
import org.jelectra.nn.LayerNorm;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.optim.AdamW;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Networks of single operations learn a batch by heart, on both backends alike. */
class PreNormExampleTest {

    private static final int WIDTH = 8;
    private static final AttentionShape SHAPE = new AttentionShape(3, 4, 2, WIDTH / 2);
    private static final int TOKENS = SHAPE.batch() * SHAPE.length();
    private static final int CLASSES = 3;
    private static final int STEPS = 50;

    /** A network between vectors of tokens and what classifies them. */
    private interface Network {
        Variable apply(Tape tape, Variable x, Tensor mask);
    }

    private interface Builder {
        Network build(ParameterArena parameters);
    }

    private static Network preNorm(ParameterArena parameters) {
        var layer = new PreNormExample.PreNormLayer(parameters, "layer", WIDTH);
        return (tape, x, mask) -> layer.apply(tape, x, mask, SHAPE, 0.1f);
    }

    private static Network residualMlp(ParameterArena parameters) {
        var inner = new Linear(parameters, "inner", WIDTH, 4 * WIDTH, Initializer.GLOROT_UNIFORM);
        var outer = new Linear(parameters, "outer", 4 * WIDTH, WIDTH, Initializer.GLOROT_UNIFORM);
        var norm = new LayerNorm(parameters, "LayerNorm", WIDTH, 1e-6f);
        return (tape, x, mask) -> norm.apply(tape, tape.add(x, outer.apply(tape, tape.gelu(inner.apply(tape, x)))));
    }

    private static float[] train(Backend backend, Builder builder) {
        var parameters = new ParameterArena();
        Network network = builder.build(parameters);
        var classifier = new Linear(parameters, "classifier", WIDTH, CLASSES, Initializer.GLOROT_UNIFORM);
        parameters.allocate(backend, 1);

        var inputs = new InputArena(backend);
        Tensor clock = inputs.clock();
        Tensor mask = inputs.ints("mask", TOKENS);
        Tensor labels = inputs.ints("labels", TOKENS);
        inputs.allocate();
        Tensor vectors =
                Tensor.of("vectors", Shape.of(TOKENS, WIDTH), backend.allocate(backend.valueType(), TOKENS * WIDTH), 0);
        Random random = new Random(1);
        float[] numbers = new float[TOKENS * WIDTH];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        backend.upload(numbers, 0, vectors);
        int[] ones = new int[TOKENS];
        Arrays.fill(ones, 1);
        ones[TOKENS - 1] = 0;
        inputs.set(mask, ones, 0);
        inputs.set(labels, random.ints(TOKENS, 0, CLASSES).toArray(), 0);

        Tape tape = new Tape(backend, clock);
        Variable states = network.apply(tape, tape.constant(vectors), mask);
        Tensor loss = tape.losses().crossEntropy(classifier.apply(tape, states), labels);
        tape.backward();
        Program program = tape.compile();
        Operation step = backend.recorded(
                Operation.sequence(backend.fill(parameters.gradients(), 0), program::forward, program::backward));
        var segments = parameters.segments(0.01f, AdamW::decays, name -> 1);
        var optimizer =
                new AdamW(backend, parameters.values(), parameters.gradients(), segments, AdamW.Options.ELECTRA);
        float[] losses = new float[STEPS];
        for (int i = 0; i < STEPS; i++) {
            inputs.setClock(clock, 1, i, 0);
            inputs.upload();
            step.run();
            optimizer.step(1e-2);
            backend.download(loss, losses, i);
        }
        return losses;
    }

    private static void assertLearns(float[] losses) {
        assertThat((double) losses[0]).isCloseTo(Math.log(CLASSES), within(0.8));
        assertThat(losses[STEPS - 1]).isLessThan(losses[0] / 2);
    }

    private static void assertLearnsEverywhere(Builder builder) {
        float[] expected;
        try (Backend cpu = CpuBackend.create(1)) {
            expected = train(cpu, builder);
            assertLearns(expected);
        }
        try (Backend cuda = SimulatedBackends.open(DType.FLOAT32)) {
            float[] losses = train(cuda, builder);
            assertLearns(losses);
            // later ones differ more, because every step builds on the roundings of those before
            assertThat(Arrays.copyOf(losses, 10)).containsExactly(Arrays.copyOf(expected, 10), within(1e-3f));
        }
        try (Backend cuda = SimulatedBackends.open(DType.BFLOAT16)) {
            assertLearns(train(cuda, builder));
        }
    }

    @Test
    void theLayerLearns() {
        assertLearnsEverywhere(PreNormExampleTest::preNorm);
    }

    @Test
    void aResidualMlpLearns() {
        assertLearnsEverywhere(PreNormExampleTest::residualMlp);
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(Path.of("src/test/java/org/jelectra/example/PreNormExample.java"))
                .assertIn(Path.of("docs/engine.md"));
    }
}
