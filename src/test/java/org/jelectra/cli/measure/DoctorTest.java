package org.jelectra.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.check.Catalog;
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
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** Whoever asks for the processor alone is not told of a GPU that is too old. */
    @ParameterizedTest
    @CsvSource({
        "cuda, , true, true",
        "cuda, , false, false",
        "cuda, cuda, false, true",
        "cuda, cpu, true, false",
        "cpu, cpu, false, true",
        "cpu, , true, false"
    })
    void whatIsMissingIsAProblemWhereItIsAskedForOrPromised(
            String name, String required, boolean driver, boolean expected) {
        assertThat(Doctor.isExpected(name, required, driver)).isEqualTo(expected);
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

    /** A CPU backend, of which something goes wrong with that operation. */
    private static Backend failing(Backend cpu, String operation, Throwable failure) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(operation)) {
                        throw failure;
                    }
                    return method.invoke(cpu, arguments);
                });
    }

    @Test
    void oneOperationThatThrowsCostsNoOther() {
        Doctor doctor = new Doctor();
        try (Backend cpu = CpuBackend.create(1)) {
            Backend failing = failing(cpu, "gelu", new IllegalStateException("no gelu today"));
            doctor.check("cpu", failing, cpu, List.of(Sizes.ODD), 0);
        }
        assertThat(doctor.findings().problems())
                .containsExactly("cpu: gelu of " + Sizes.ODD + ": java.lang.IllegalStateException: no gelu today");
        assertThat(doctor.findings().checks()).singleElement().satisfies(check -> {
            assertThat(check.passed()).isFalse();
            assertThat(check.outcomes()).hasSameSizeAs(Catalog.withVariants(Sizes.ODD));
        });
    }

    @Test
    void whatEndsACheckDoesNotTakeWhatItHasFound() {
        Doctor doctor = new Doctor();
        try (Backend cpu = CpuBackend.create(1)) {
            Backend failing = failing(cpu, "gelu", new OutOfMemoryError("Java heap space"));
            assertThatThrownBy(() -> doctor.check("cpu", failing, cpu, List.of(Sizes.ODD), 0))
                    .isInstanceOf(OutOfMemoryError.class);
        }
        assertThat(doctor.findings().checks())
                .singleElement()
                .satisfies(check -> assertThat(check.outcomes())
                        .extracting(SelfCheck.Outcome::operation)
                        .containsExactly("fill", "add", "dropout"))
                .as("what has not ended has not passed")
                .matches(check -> !check.ended() && !check.passed());
    }

    /** As a library does that does not link. */
    @Test
    void aDeviceThatFailsInAnUnknownWayIsAFinding() {
        Doctor doctor = new Doctor();
        for (Throwable failure : List.of(new UnsatisfiedLinkError("cuInit"), new IllegalStateException("closed"))) {
            doctor.checkCuda("cuda", () -> fail(failure), null, List.of());
        }
        assertThat(doctor.findings().problems())
                .containsExactly(
                        "cuda: java.lang.UnsatisfiedLinkError: cuInit, opening the device of cuda",
                        "cuda: java.lang.IllegalStateException: closed, opening the device of cuda");
    }

    private static CudaBackend fail(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @Test
    void aDifferenceBetweenNumbersOfThreadsIsAProblemHoweverSmall() {
        Doctor doctor = new Doctor();
        try (Backend cpu = CpuBackend.scalar(1);
                Backend other = CpuBackend.scalar(2)) {
            doctor.checkThreads(cpu, other);
            assertThat(doctor.findings().problems()).isEmpty();
            doctor.checkThreads(slightlyOff(cpu), other);
        }
        assertThat(doctor.findings().checks()).allMatch(Doctor.Check::passed);
        assertThat(doctor.findings().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .startsWith("cpu threads: results differ by ")
                        .contains("none is expected"));
    }

    /** A CPU backend whose GELU is off by rounding. */
    private static Backend slightlyOff(Backend cpu) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(cpu, arguments);
                    if (!method.getName().equals("gelu")) {
                        return result;
                    }
                    return (Operation) () -> {
                        ((Operation) result).run();
                        float[] values = CpuBackend.floats((Tensor) arguments[1]);
                        values[0] = Math.nextUp(values[0]);
                    };
                });
    }

    @Test
    void spilledRegistersAreNoFailure() {
        Doctor doctor = new Doctor();
        try (Backend reference = CpuBackend.create(1)) {
            doctor.checkCuda(
                    "simulated", () -> CudaBackend.on(Gpu.open(spilling(), 0), DType.FLOAT32), reference, List.of());
        }

        Doctor.Findings findings = doctor.findings();
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
                    "cuda",
                    "cpu",
                    List.of(new SelfCheck.Outcome("linear", Sizes.ODD, error, "y differs")),
                    1,
                    0.5,
                    true);
            String operation = Json.text(DoctorCommand.json(check));
            assertThat(operation).contains("\"error\": null", "\"problem\": \"y differs\"");
        }
    }
}
