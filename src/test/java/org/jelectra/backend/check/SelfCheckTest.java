package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jelectra.backend.Backend;
import org.jelectra.backend.GradientGroup;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What a self-check covers and finds; that the backends of this machine and the simulated device pass is DoctorCommandTest. */
class SelfCheckTest {

    @Test
    void coversEveryOperation() {
        Set<String> operations = Arrays.stream(Backend.class.getMethods())
                .filter(method ->
                        method.getReturnType() == Operation.class || method.getReturnType() == GradientGroup.class)
                .map(Method::getName)
                .filter(name -> !name.equals("recorded"))
                .collect(Collectors.toSet());

        assertThat(Catalog.of(Sizes.ODD))
                .extracting(trial -> trial.name().split(" ")[0])
                .hasSizeGreaterThanOrEqualTo(operations.size())
                .hasSameElementsAs(operations);
    }

    @Test
    void anOperationThatDoesNothingIsFound() {
        assertThat(failures("gelu", (work, arguments) -> {})).singleElement().satisfies(outcome -> {
            assertThat(outcome.operation()).isEqualTo("gelu");
            assertThat(outcome.problem()).startsWith("y differs by ").endsWith(", at most 0.00010 is expected");
        });
    }

    @Test
    void oneNumberThatIsNoneIsFound() {
        for (boolean last : new boolean[] {false, true}) {
            assertThat(failures("gelu", (work, arguments) -> {
                        work.run();
                        Tensor y = (Tensor) arguments[1];
                        CpuBackend.floats(y)[(int) (y.offset() + (last ? y.size() - 1 : 0))] = Float.NaN;
                    }))
                    .singleElement()
                    .satisfies(outcome -> {
                        assertThat(outcome.error()).isNaN();
                        assertThat(outcome.problem()).startsWith("y differs by NaN of its largest number");
                    });
        }
    }

    /** Only draws may differ now and then. */
    @Test
    void oneTokenThatIsNotReplacedIsFound() {
        assertThat(failures("replaceTokens", (work, arguments) -> {
                    float[] weights = CpuBackend.floats((Tensor) arguments[2]);
                    int first = (int) ((Tensor) arguments[2]).offset();
                    float weight = weights[first];
                    weights[first] = 0;
                    work.run();
                    weights[first] = weight;
                }))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.problem()).contains("at most 0.0 is expected"));
    }

    /** That it has no operands for one, as a row outside of its tensor, must not cost the others. */
    @Test
    void whatAnOperationThrowsIsWhatCameOfIt() {
        assertThat(failures("gelu", (work, arguments) -> {
                    throw new IllegalArgumentException("row must be in [0, 64), got 65");
                }))
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.operation()).isEqualTo("gelu");
                    assertThat(outcome.sizes()).isEqualTo(Sizes.ODD);
                    assertThat(outcome.problem())
                            .isEqualTo("java.lang.IllegalArgumentException: row must be in [0, 64), got 65");
                });
    }

    /** Runs the work of an operation in a way of its own. */
    private interface Fault {
        void run(Operation work, Object[] arguments);
    }

    /** What a self-check finds wrong with a backend of which one operation works in that way. */
    private static List<SelfCheck.Outcome> failures(String operation, Fault fault) {
        try (Backend real = CpuBackend.create(1);
                Backend reference = CpuBackend.create(1)) {
            Backend faulty = (Backend) Proxy.newProxyInstance(
                    Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                        Object result = method.invoke(real, arguments);
                        return method.getName().equals(operation)
                                ? (Operation) () -> fault.run((Operation) result, arguments)
                                : result;
                    });
            List<SelfCheck.Outcome> outcomes = new ArrayList<>();
            SelfCheck.run(faulty, reference, Sizes.ODD, name -> {}, outcomes::add);
            assertThat(outcomes).hasSameSizeAs(Catalog.withVariants(Sizes.ODD));
            return outcomes.stream().filter(outcome -> !outcome.passed()).toList();
        }
    }
}
