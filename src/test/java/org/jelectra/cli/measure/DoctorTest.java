package org.jelectra.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jelectra.backend.Backend;
import org.jelectra.backend.check.SelfCheck;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.FunctionAttributes;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.io.Json;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

class DoctorTest {

    /** A driver whose compiler keeps 8 bytes of each kernel's registers in memory. */
    private static GpuDriver spilling() {
        GpuDriver driver = new SimulatedDriver();
        return (GpuDriver) Proxy.newProxyInstance(
                GpuDriver.class.getClassLoader(), new Class<?>[] {GpuDriver.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(driver, arguments);
                        return result instanceof FunctionAttributes a
                                ? new FunctionAttributes(a.registers(), a.staticSharedBytes(), 8, a.maxThreads())
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void tellsWhatItIsAt() {
        Doctor doctor = new Doctor();
        Set<String> told = new HashSet<>();
        try (Backend cpu = CpuBackend.create(1)) {
            Backend asking = (Backend) Proxy.newProxyInstance(
                    Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                        told.add(method.getName() + ": " + doctor.doing());
                        return method.invoke(cpu, arguments);
                    });
            doctor.check("cpu", asking, cpu, List.of(Sizes.ODD), 0);
        }
        assertThat(told)
                .contains("add: checking add of " + Sizes.ODD + " on cpu")
                .anyMatch(line -> line.startsWith("upload: checking linear of "));
    }

    @Test
    void spilledRegistersAreNoFailure() {
        Doctor doctor = new Doctor();
        try (Backend reference = CpuBackend.create(1)) {
            doctor.checkCuda(
                    "simulated", () -> CudaBackend.on(Gpu.open(spilling(), 0), DType.FLOAT32), reference, List.of());
        }

        Doctor.Findings findings = doctor.findings(List.of());
        assertThat(findings.problems()).isEmpty();
        assertThat(findings.remarks())
                .contains("simulated float32: adamw spills 8 bytes of registers to memory, which is slow");
        assertThat(findings.checks())
                .singleElement()
                .satisfies(check -> assertThat(check.kernels()).isPositive());
    }

    /** What it exists for: JSON has no number for an error that is none. */
    @Test
    void whatIsNotFiniteIsTold() {
        for (double error : new double[] {Double.POSITIVE_INFINITY, Double.NaN}) {
            Doctor.Check check = new Doctor.Check(
                    "cuda", List.of(new SelfCheck.Outcome("linear", Sizes.ODD, error, "y differs")), 1, 0.5);
            String operation = Json.text(DoctorCommand.json(check));
            assertThat(operation).contains("\"error\": null", "\"problem\": \"y differs\"");
        }
    }
}
