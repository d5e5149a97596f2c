package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Predicate;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;

/** Which steps run as a chain. */
class RunTest {

    private static final AttentionShape SEQUENCES = new AttentionShape(2, 8, 1, 4);
    private static final Locality ATTENTION = Locality.of(SEQUENCES);
    private static final Locality ROWS = Locality.ofRows(16);

    private static Step step(String name, Locality locality) {
        return new Step(name, List.of(), () -> () -> {}, locality);
    }

    private static List<List<String>> runs(Predicate<AttentionShape> chains, Step... steps) {
        try (Backend cpu = CpuBackend.create(1)) {
            Backend backend = (Backend) Proxy.newProxyInstance(
                    Backend.class.getClassLoader(),
                    new Class<?>[] {Backend.class},
                    (proxy, method, arguments) -> method.getName().equals("chains")
                            ? chains.test((AttentionShape) arguments[0])
                            : method.invoke(cpu, arguments));
            return Run.of(List.of(steps), backend).stream()
                    .map(run -> run.steps().stream().map(Step::name).toList())
                    .toList();
        }
    }

    @Test
    void neighboursOfTheSameSequencesAreAChain() {
        assertThat(runs(
                        shape -> true,
                        step("embedding", null),
                        step("norm", ROWS),
                        step("attention", ATTENTION),
                        step("feedForward", ROWS),
                        step("gradients", null),
                        step("attention", ATTENTION)))
                .containsExactly(
                        List.of("embedding"),
                        List.of("norm", "attention", "feedForward"),
                        List.of("gradients"),
                        List.of("attention"));
    }

    @Test
    void otherSequencesOrRowsBeginAnew() {
        Locality others = Locality.of(new AttentionShape(4, 4, 1, 4));
        assertThat(runs(
                        shape -> true,
                        step("a", ATTENTION),
                        step("b", ROWS),
                        step("c", others),
                        step("d", ROWS),
                        step("e", Locality.ofRows(17))))
                .containsExactly(List.of("a", "b"), List.of("c", "d"), List.of("e"));
    }

    @Test
    void rowsAloneAndWhatTheBackendDoesNotChainAreSingleSteps() {
        assertThat(runs(shape -> true, step("a", ROWS), step("b", ROWS))).containsExactly(List.of("a"), List.of("b"));
        assertThat(runs(shape -> false, step("a", ATTENTION), step("b", ROWS)))
                .containsExactly(List.of("a"), List.of("b"));
    }
}
