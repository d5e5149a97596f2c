package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.check.Trial;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bits of results do not depend on the number of threads: a test is a subclass that creates the backends. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ThreadEqualityContract {

    private final List<Workbench> benches = new ArrayList<>();

    /** A new backend with that many threads; it is closed after the last test. */
    protected abstract Backend backend(int threads);

    @BeforeAll
    void open() {
        for (int threads = 1; threads <= 3; threads++) {
            benches.add(new Workbench(backend(threads)));
        }
    }

    @AfterAll
    void close() {
        benches.forEach(Workbench::close);
    }

    @ParameterizedTest
    @MethodSource(OperandContract.OPERATIONS)
    void bitsDoNotDependOnTheThreads(Trial operation) {
        List<Map<String, int[]>> results = new ArrayList<>();
        for (Workbench bench : benches) {
            bench.trial(operation.name());
            Map<String, Tensor> tensors = OperandTrials.place(bench, operation);
            operation.prepare(bench.backend(), tensors).run();
            results.add(OperandTrials.results(bench, operation, tensors));
        }
        for (String name : results.get(0).keySet()) {
            for (int threads = 2; threads <= results.size(); threads++) {
                int first = Arrays.mismatch(
                        results.get(0).get(name), results.get(threads - 1).get(name));
                assertThat(first)
                        .as(
                                "%s: first number of %s whose bits on %d threads are not those on one",
                                operation.name(), name, threads)
                        .isEqualTo(-1);
            }
        }
    }
}
