package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ProductExampleTest {

    private static Tensor tensor(Backend backend, String name, float... values) {
        Tensor tensor = Tensor.of(name, Shape.of(values.length), backend.allocate(DType.FLOAT32, values.length), 0);
        backend.upload(values, 0, tensor);
        return tensor;
    }

    private static float[] read(Backend backend, Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    /** Both are trained, or one is a constant. */
    @Test
    void eachInputGetsTheOtherAsItsGradient() {
        try (Backend backend = CpuBackend.create(1)) {
            for (String constant : new String[] {"none", "a", "b"}) {
                Parameter a = new Parameter("a", tensor(backend, "a", 2, -3), tensor(backend, "da", 0, 0));
                Parameter b = new Parameter("b", tensor(backend, "b", 5, 7), tensor(backend, "db", 0, 0));
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
