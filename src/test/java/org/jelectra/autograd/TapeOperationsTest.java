package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of graphs that are put together of single operations. */
class TapeOperationsTest {

    private static final AttentionShape SEQUENCES = new AttentionShape(2, 3, 2, 2);

    private static final Map<String, TapeTrial.Graph> GRAPHS = new LinkedHashMap<>();

    static {
        GRAPHS.put("add", t -> t.squares(t.tape().add(x(t, "w"), x(t, "w2"))));
        GRAPHS.put("add to itself", t -> {
            Variable x = x(t, "w");
            return t.squares(t.tape().add(x, x));
        });
        GRAPHS.put("add parameters", t -> {
            Variable sum = t.tape().add(t.weight("a", 2, 3), t.input("c", 2, 3));
            return t.squares(t.tape().add(t.tape().add(sum, t.weight("b", 2, 3)), sum));
        });
        GRAPHS.put("add to a constant", t -> t.squares(t.tape().add(t.input("c", 6, 4), x(t, "w"))));
        GRAPHS.put("residuals around layers", t -> {
            Variable x = x(t, "w");
            Variable first = t.tape().add(x, t.tape().linear(x, t.weight("w2", 4, 4), t.weight("b2", 4)));
            Variable second = t.tape().linearGelu(first, t.weight("w3", 4, 4), t.weight("b3", 4));
            return t.squares(t.tape().add(second, t.tape().add(first, x)));
        });
        GRAPHS.put("gelu", t -> t.squares(t.tape().gelu(x(t, "w"))));
        GRAPHS.put("gelu of what others read, too", t -> {
            Variable x = x(t, "w");
            Variable y = t.tape().gelu(x);
            return t.squares(t.tape().add(t.tape().add(y, x), t.tape().gelu(y)));
        });
        GRAPHS.put("gelu of a parameter", t -> t.squares(t.tape().gelu(t.weight("a", 2, 3))));
        GRAPHS.put(
                "dropout", t -> t.squares(t.tape().dropout(x(t, "w"), t.tape().newDropout(0.4f))));
        GRAPHS.put("gatherRows", t -> t.squares(t.tape().gatherRows(x(t, "w"), t.ints(4, 0, 5))));
        GRAPHS.put("layerNorm", t -> t.squares(norm(t, x(t, "w"))));
        GRAPHS.put("layerNorm of a constant", t -> t.squares(norm(t, t.input("c", 6, 4))));
        GRAPHS.put(
                "layerNorm before a layer",
                t -> t.squares(t.tape().linear(norm(t, x(t, "w")), t.weight("w2", 3, 4), null)));
        GRAPHS.put("layerNorm before two layers and a residual", t -> {
            Variable x = x(t, "w");
            Variable y = norm(t, x);
            Variable first = t.tape().linear(y, t.weight("w2", 4, 4), null);
            Variable second = t.tape().linear(y, t.weight("w3", 4, 4), null);
            return t.squares(t.tape().add(t.tape().add(first, y), t.tape().add(x, second)));
        });
        GRAPHS.put("attention", t -> t.squares(attention(t, t.input("c", 6, 4))));
        GRAPHS.put("attention on a parameter, twice", t -> {
            Variable qkv = t.weight("a", 6, 12);
            return t.squares(t.tape().add(attend(t, qkv), attend(t, qkv)));
        });
        for (String logits : new String[] {"linear", "add", "gelu", "layerNorm", "attention", "read by others"}) {
            GRAPHS.put("cross-entropy of " + logits, t -> {
                Variable x = x(t, "w");
                Variable y = switch (logits) {
                    case "add" -> t.tape().add(x, x(t, "w2"));
                    case "gelu" -> t.tape().gelu(x);
                    case "layerNorm" -> norm(t, x);
                    case "attention" -> attention(t, x);
                    default -> x;
                };
                if (logits.equals("read by others")) {
                    t.squares(t.tape().gelu(t.tape().constant(y.value())));
                }
                return t.tape().losses().crossEntropy(y, t.ints(1, 0, 3, 3, 2, 0));
            });
        }
        GRAPHS.put("a layer with its normalisations before", t -> {
            Variable x = x(t, "w");
            Variable attended = t.tape().add(x, output(t, attention(t, norm(t, x))));
            return t.squares(t.tape().add(attended, output(t, t.tape().gelu(norm(t, attended)))));
        });
        GRAPHS.put("a layer with its normalisations behind", t -> {
            Variable x = x(t, "w");
            Variable attended = norm(t, t.tape().add(output(t, attention(t, x)), x));
            return t.squares(norm(t, t.tape().add(output(t, t.tape().gelu(attended)), attended)));
        });
    }

    /** A value of a layer, [6, 4]. */
    private static Variable x(TapeTrial t, String weight) {
        return t.tape().linear(t.input("x", 6, 3), t.weight(weight, 4, 3), null);
    }

    private static Variable norm(TapeTrial t, Variable x) {
        return t.tape().layerNorm(x, t.weight("gamma", 4), t.weight("beta", 4), 1e-3f);
    }

    private static Variable attention(TapeTrial t, Variable x) {
        return attend(t, t.tape().linear(x, t.weight("qkv", 12, 4), t.weight("qkvBias", 12)));
    }

    private static Variable attend(TapeTrial t, Variable queryKeyValue) {
        return t.tape().attention(queryKeyValue, t.ints(1, 1, 0, 1, 1, 1), SEQUENCES, Dropout.NONE);
    }

    private static Variable output(TapeTrial t, Variable x) {
        return t.tape().linear(x, t.weight("output", 4, 4), t.weight("outputBias", 4));
    }

    static Stream<String> graphs() {
        return GRAPHS.keySet().stream();
    }

    /** Each is in a graph of this class, or of {@link FrozenWeightsTest}; losses have tests of their own. */
    @Test
    void everyOperationHasAGraph() throws IOException {
        Path here = Path.of("src/test/java/org/jelectra/autograd");
        String graphs = Files.readString(here.resolve("TapeOperationsTest.java"))
                + Files.readString(here.resolve("FrozenWeightsTest.java"));
        Set<String> given = Set.of("constant", "parameter", "operation");
        Set<String> operations = Arrays.stream(Tape.class.getMethods())
                .filter(method -> method.getReturnType() == Variable.class)
                .map(Method::getName)
                .filter(name -> !given.contains(name))
                .collect(Collectors.toSet());
        assertThat(operations)
                .contains("linear")
                .allSatisfy(name -> assertThat(graphs).containsPattern("\\btape\\(\\)\\s*\\." + name + "\\("));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void gradientsEqualFiniteDifferences(String name) {
        TapeTrial.assertGradients(Set.of(), GRAPHS.get(name));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void backendsAgree(String name) {
        try (Backend cpu = CpuBackend.create(1);
                Backend cuda = SimulatedBackends.open(DType.FLOAT32)) {
            TapeTrial.assertSameGradients(Set.of(), GRAPHS.get(name), cpu, cuda);
        }
    }

    @Test
    void aNormalizationWithoutTrainedScale() {
        TapeTrial.Graph graph = GRAPHS.get("layerNorm before two layers and a residual");
        TapeTrial.assertGradients(Set.of("gamma"), graph);
        TapeTrial.assertGradients(Set.of("beta"), graph);
        TapeTrial.assertGradients(Set.of("gamma", "beta"), graph);
    }

    /** Logits 1 and 1 + log 3: probabilities 1/4 and 3/4. */
    @Test
    void theMeanCrossEntropy() {
        try (Backend cpu = CpuBackend.create(1)) {
            Tensor[] loss = new Tensor[1];
            TapeTrial trial = new TapeTrial(cpu, Set.of(), t -> {
                Tape tape = t.tape();
                Variable logits = t.weight("logits", 2, 2);
                cpu.upload(new float[] {1, 1 + (float) Math.log(3), 1, 1 + (float) Math.log(3)}, 0, logits.value());
                loss[0] = tape.losses().crossEntropy(logits, t.ints(0, 1));
                return loss[0];
            });
            assertThat(trial.read(loss[0])[0]).isCloseTo((float) -(Math.log(0.25) + Math.log(0.75)) / 2, within(1e-6f));
            assertThat(trial.gradients().get("logits"))
                    .containsExactly(new float[] {-0.375f, 0.375f, 0.125f, -0.125f}, within(1e-6f));
        }
    }

    /** Errors of 1 and -2. */
    @Test
    void theMeanSquaredError() {
        try (Backend cpu = CpuBackend.create(1)) {
            Tensor[] loss = new Tensor[1];
            TapeTrial trial = new TapeTrial(cpu, Set.of(), t -> {
                Variable x = t.weight("x", 2, 1);
                cpu.upload(new float[] {5, 1}, 0, x.value());
                Tensor targets = Tensor.of("targets", Shape.of(2), cpu.allocate(DType.FLOAT32, 2), 0);
                cpu.upload(new float[] {4, 3}, 0, targets);
                loss[0] = t.tape().losses().squaredError(x, targets);
                return loss[0];
            });
            assertThat(trial.read(loss[0])).containsExactly(2.5f);
            assertThat(trial.gradients().get("x")).containsExactly(1, -2);
        }
    }

    /** Logits 0 and log 3: probabilities 1/2 and 3/4. */
    @Test
    void theMeanSigmoidCrossEntropy() {
        try (Backend cpu = CpuBackend.create(1)) {
            Tensor[] loss = new Tensor[1];
            TapeTrial trial = new TapeTrial(cpu, Set.of(), t -> {
                Variable logits = t.weight("logits", 2, 1);
                cpu.upload(new float[] {0, (float) Math.log(3)}, 0, logits.value());
                loss[0] = t.tape().losses().sigmoidCrossEntropy(logits, t.ints(1, 0));
                return loss[0];
            });
            assertThat(trial.read(loss[0])[0]).isCloseTo((float) -(Math.log(0.5) + Math.log(0.25)) / 2, within(1e-6f));
            assertThat(trial.gradients().get("logits")).containsExactly(new float[] {-0.25f, 0.375f}, within(1e-6f));
        }
    }
}
