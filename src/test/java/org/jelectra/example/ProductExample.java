package org.jelectra.example;

import java.util.List;
import org.jelectra.autograd.DifferentiableOperation;
import org.jelectra.backend.Operands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.tensor.Tensor;

/** The example of docs/engine.md of an operation of two inputs. */
final class ProductExample {

    private ProductExample() {}

    // documented: begin
    /** {@code y = a b}, element by element. */
    static final class Product implements DifferentiableOperation {

        @Override
        public String name() {
            return "product";
        }

        @Override
        public Operation forward(List<Tensor> inputs, Tensor y) {
            return multiply(inputs.get(0), inputs.get(1), y);
        }

        @Override
        public Operation backward(List<Tensor> inputs, Tensor y, Tensor dy, List<Tensor> dInputs) {
            Operation da = multiply(inputs.get(1), dy, dInputs.get(0));
            Operation db = multiply(inputs.get(0), dy, dInputs.get(1));
            return da.then(db);
        }

        /** Nothing where y is null: the gradient of an input that needs none. */
        private static Operation multiply(Tensor a, Tensor b, Tensor y) {
            if (y == null) {
                return () -> {};
            }
            Operands.of("product").floats("a", a, y.size()).floats("b", b, y.size());
            float[] as = CpuBackend.floats(a);
            float[] bs = CpuBackend.floats(b);
            float[] ys = CpuBackend.floats(y);
            int ao = (int) a.offset();
            int bo = (int) b.offset();
            int yo = (int) y.offset();
            int n = (int) y.size();
            return () -> {
                for (int i = 0; i < n; i++) {
                    ys[yo + i] = as[ao + i] * bs[bo + i];
                }
            };
        }
    }
    // documented: end
}
