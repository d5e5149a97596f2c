package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorOptionsTest {

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void numbersArePositive(int count) {
        SimulatorOptions options = SimulatorOptions.defaults();
        Map<String, IntFunction<SimulatorOptions>> changes = Map.of(
                "threads", options::withThreads,
                "multiprocessors", options::withMultiprocessors,
                "bytes of memory", options::withMemory,
                "instructions", options::withInstructionLimit);
        changes.forEach((what, change) -> assertThatThrownBy(() -> change.apply(count))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a simulated device needs 1 or more " + what + ", got " + count));
    }
}
