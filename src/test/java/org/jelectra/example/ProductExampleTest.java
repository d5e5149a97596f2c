package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.backend.TestTensors.read;
import static org.jelectra.backend.TestTensors.vector;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

class ProductExampleTest {

    /** Both are trained, or one is a constant. */
    @Test
    void eachInputGetsTheOtherAsItsGradient() {
        try (Backend backend = CpuBackend.create(1)) {
            for (String constant : new String[] {"none", "a", "b"}) {
                Parameter a = new Parameter("a", vector(backend, "a", 2, -3), vector(backend, "da", 0, 0));
                Parameter b = new Parameter("b", vector(backend, "b", 5, 7), vector(backend, "db", 0, 0));
                Tape tape = new Tape(backend, null);
                tape.freeze(constant::equals);
                List<Variable> inputs = List.of(tape.parameter(a), tape.parameter(b));
                Variable y = tape.operation(new ProductExample.Product(), inputs, tape.tensor("y", DType.FLOAT32, 2));
                tape.losses().sum(y, 2);
                tape.backward();
                Program program = tape.compile();
                program.forward();
                program.backward();

                assertThat(read(backend, y.value())).containsExactly(10, -21);
                assertThat(read(backend, a.gradient()))
                        .containsExactly(constant.equals("a") ? new float[2] : new float[] {10, 14});
                assertThat(read(backend, b.gradient()))
                        .containsExactly(constant.equals("b") ? new float[2] : new float[] {4, -6});
            }
        }
    }

    @Test
    void isInTheDocumentation() throws IOException {
        DocumentedCode.of(Path.of("src/test/java/org/jelectra/example/ProductExample.java"))
                .assertIn(Path.of("docs/engine.md"));
    }
}
