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
        try (Backend real = CpuBackend.create(1);
                Backend reference = CpuBackend.create(1)) {
            Backend lazy = (Backend) Proxy.newProxyInstance(
                    Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                        Object result = method.invoke(real, arguments);
                        return method.getName().equals("gelu") ? (Operation) () -> {} : result;
                    });

            List<SelfCheck.Outcome> outcomes = new ArrayList<>();
            SelfCheck.run(lazy, reference, Sizes.ODD, name -> {}, outcomes::add);

            assertThat(outcomes)
                    .filteredOn(outcome -> !outcome.passed())
                    .singleElement()
                    .satisfies(outcome -> {
                        assertThat(outcome.operation()).isEqualTo("gelu");
                        assertThat(outcome.problem())
                                .startsWith("y differs by ")
                                .endsWith(", at most 0.00010 is expected");
                    });
        }
    }
}
