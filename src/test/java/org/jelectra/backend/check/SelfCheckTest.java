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
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    @Tag("any-jdk")
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void theSimulatedDevicePasses(DType values) {
        try (Backend backend = CudaBackend.on(Gpu.open(new SimulatedDriver(), 0), values);
                Backend reference = CpuBackend.create(1)) {
            List<SelfCheck.Outcome> outcomes = new ArrayList<>();
            SelfCheck.run(backend, reference, Sizes.ODD, name -> {}, outcomes::add);
            SelfCheck.run(backend, reference, Sizes.EVEN, name -> {}, outcomes::add);

            assertThat(outcomes)
                    .hasSize(2 * Catalog.withVariants(Sizes.ODD).size())
                    .allSatisfy(outcome -> assertThat(outcome.problem())
                            .as(outcome.operation())
                            .isNull());
        }
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
