package org.jelectra.example;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jelectra.autograd.DifferentiableOperation;
import org.jelectra.backend.Operands;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.KernelModule;
import org.jelectra.gpu.Launch;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** The example of docs/engine.md of an operation of one's own. */
final class OwnOperationExample {

    private OwnOperationExample() {}

    // documented: begin
    /** {@code y = max(x, 0)^2} (So et al. 2021), in float32, by loops on the processor. */
    static final class SquaredRelu implements DifferentiableOperation {

        @Override
        public String name() {
            return "squaredRelu";
        }

        @Override
        public Operation forward(List<Tensor> inputs, Tensor y) {
            Tensor x = inputs.get(0);
            Operands.of("squared ReLU").floats("x", x, x.size()).floats("y", y, x.size());
            float[] xs = CpuBackend.floats(x);
            float[] ys = CpuBackend.floats(y);
            int xo = (int) x.offset();
            int yo = (int) y.offset();
            int n = (int) x.size();
            return () -> {
                for (int i = 0; i < n; i++) {
                    float positive = Math.max(xs[xo + i], 0);
                    ys[yo + i] = positive * positive;
                }
            };
        }

        @Override
        public Operation backward(List<Tensor> inputs, Tensor y, Tensor dy, List<Tensor> dInputs) {
            Tensor x = inputs.get(0);
            Tensor dx = dInputs.get(0);
            float[] xs = CpuBackend.floats(x);
            float[] dys = CpuBackend.floats(dy);
            float[] dxs = CpuBackend.floats(dx);
            int xo = (int) x.offset();
            int dyo = (int) dy.offset();
            int dxo = (int) dx.offset();
            int n = (int) x.size();
            return () -> {
                for (int i = 0; i < n; i++) {
                    dxs[dxo + i] = 2 * Math.max(xs[xo + i], 0) * dys[dyo + i];
                }
            };
        }
    }
    // documented: end

    /** The same on a GPU, by kernels of its own. */
    static final class SquaredReluOnGpu implements DifferentiableOperation {

        private final CudaBackend cuda;
        private final KernelModule kernels;

        SquaredReluOnGpu(CudaBackend cuda) {
            this.cuda = cuda;
            kernels = cuda.gpu().load("squared_relu.ptx", SQUARED_RELU.getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public String name() {
            return "squaredRelu";
        }

        @Override
        public Operation forward(List<Tensor> inputs, Tensor y) {
            Tensor x = inputs.get(0);
            Operands.of("squared ReLU").floats("x", x, x.size()).floats("y", y, x.size());
            return launch("squared_relu", x, y);
        }

        @Override
        public Operation backward(List<Tensor> inputs, Tensor y, Tensor dy, List<Tensor> dInputs) {
            return launch("squared_relu_backward", inputs.get(0), dy, dInputs.get(0));
        }

        private Operation launch(String kernel, Tensor... tensors) {
            int n = Math.toIntExact(tensors[0].size());
            KernelArguments arguments = KernelArguments.of();
            for (Tensor tensor : tensors) {
                arguments.pointer(cuda.address(tensor));
            }
            Launch launch = kernels.kernel(kernel).prepare(LaunchShape.of((n + 255) / 256, 256), arguments.int32(n));
            return () -> launch.run(cuda.gpu().stream()); // in order with all operations of the backend
        }
    }

    static final String SQUARED_RELU = """
            .version 8.0
            .target sm_80
            .address_size 64
            .visible .entry squared_relu(.param .u64 x, .param .u64 y, .param .u32 n) {
                .reg .pred %outside; .reg .b32 %i, %block, %size, %n; .reg .b64 %x, %y; .reg .f32 %v;
                mov.u32 %i, %tid.x;
                mov.u32 %block, %ctaid.x;
                mov.u32 %size, %ntid.x;
                mad.lo.u32 %i, %block, %size, %i;
                ld.param.u32 %n, [n];
                setp.ge.u32 %outside, %i, %n;
                @%outside bra end;
                ld.param.u64 %x, [x];
                ld.param.u64 %y, [y];
                mad.wide.u32 %x, %i, 4, %x;
                mad.wide.u32 %y, %i, 4, %y;
                ld.global.f32 %v, [%x];
                max.f32 %v, %v, 0f00000000;
                mul.rn.f32 %v, %v, %v;
                st.global.f32 [%y], %v;
            end:
                ret;
            }
            .visible .entry squared_relu_backward(.param .u64 x, .param .u64 dy, .param .u64 dx, .param .u32 n) {
                .reg .pred %outside; .reg .b32 %i, %block, %size, %n; .reg .b64 %x, %dy, %dx; .reg .f32 %v, %d;
                mov.u32 %i, %tid.x;
                mov.u32 %block, %ctaid.x;
                mov.u32 %size, %ntid.x;
                mad.lo.u32 %i, %block, %size, %i;
                ld.param.u32 %n, [n];
                setp.ge.u32 %outside, %i, %n;
                @%outside bra end;
                ld.param.u64 %x, [x];
                ld.param.u64 %dy, [dy];
                ld.param.u64 %dx, [dx];
                mad.wide.u32 %x, %i, 4, %x;
                mad.wide.u32 %dy, %i, 4, %dy;
                mad.wide.u32 %dx, %i, 4, %dx;
                ld.global.f32 %v, [%x];
                ld.global.f32 %d, [%dy];
                max.f32 %v, %v, 0f00000000;
                add.rn.f32 %v, %v, %v;
                mul.rn.f32 %v, %v, %d;
                st.global.f32 [%dx], %v;
            end:
                ret;
            }
            """;
}
