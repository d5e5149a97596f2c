package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.Tensor;

/** Global norm and AdamW over one parameter arena. Kernels: {@code kernels/optimizer.cu}. */
final class Optimizer {

    private static final String FAMILY = "optimizer";
    private static final int THREADS = 256;
    private static final int NORM_PIECE = 16384;
    private static final int ADAMW_PIECE = 4096;

    private final Device device;

    Optimizer(Device device) {
        this.device = device;
    }

    Operation globalNorm(Tensor x, Tensor norm) {
        int blocks = Packs.blocks(x.size(), NORM_PIECE);
        return device.operation(
                device.kernel(FAMILY, "global_norm"),
                LaunchShape.of(blocks, THREADS),
                KernelArguments.of()
                        .pointer(device.address(x))
                        .int64(x.size())
                        .pointer(device.scratch(8L * blocks))
                        .pointer(device.counters())
                        .pointer(device.address(norm)));
    }

    Operation adamW(Tensor parameters, Tensor gradients, Tensor m, Tensor v, Tensor norm, AdamWOptions options) {
        List<Piece> pieces = pieces(options.segments());
        if (pieces.isEmpty()) {
            return () -> {};
        }
        DeviceMemory table = upload(pieces);
        return new Update(
                CudaStorage.of(parameters, device),
                copies -> device.operation(
                        device.kernel(FAMILY, "adamw"),
                        LaunchShape.of(pieces.size(), THREADS),
                        KernelArguments.of()
                                .pointer(device.address(parameters))
                                .pointer(device.address(gradients))
                                .pointer(device.address(m))
                                .pointer(device.address(v))
                                .pointer(copies ? device.bf16Address(parameters) : 0)
                                .pointer(table)
                                .pointer(device.address(norm))
                                .pointer(device.address(options.learningRate()))
                                .float32(options.clipNorm())
                                .float32((float) options.beta1())
                                .float32((float) (1 - options.beta1()))
                                .float32((float) options.beta2())
                                .float32((float) (1 - options.beta2()))
                                .float32(options.epsilon())));
    }

    /** Prepares the update, of the copy in bf16 too or not. */
    private interface Preparation {
        Operation with(boolean copies);
    }

    /**
     * The update, which also writes the parameters' copy in bf16 where there is one. A matrix product can ask for the copy after
     * the update has been prepared, so the first run with a copy prepares the launch anew.
     */
    private static final class Update implements Operation {

        private final CudaStorage parameters;
        private final Preparation preparation;
        private Operation launch;
        private boolean copies;

        Update(CudaStorage parameters, Preparation preparation) {
            this.parameters = parameters;
            this.preparation = preparation;
            prepare();
        }

        private void prepare() {
            copies = parameters.hasBf16Copy();
            launch = preparation.with(copies);
        }

        @Override
        public void run() {
            if (!copies && parameters.hasBf16Copy()) {
                prepare();
            }
            launch.run();
        }
    }

    /** A part of a segment that one block updates; between two neighbouring multiples of {@link #ADAMW_PIECE}. */
    private record Piece(long first, int count, float rateFactor, float weightDecay) {

        static final int BYTES = 24;

        void put(ByteBuffer table) {
            table.putLong(first)
                    .putInt(count)
                    .putFloat(rateFactor)
                    .putFloat(weightDecay)
                    .putInt(0);
        }
    }

    private static List<Piece> pieces(List<AdamWOptions.Segment> segments) {
        List<Piece> pieces = new ArrayList<>();
        for (AdamWOptions.Segment segment : segments) {
            long end = segment.offset() + segment.length();
            for (long from = segment.offset(); from < end; ) {
                long to = Math.min(end, (from / ADAMW_PIECE + 1) * ADAMW_PIECE);
                pieces.add(new Piece(from, (int) (to - from), segment.rateFactor(), segment.weightDecay()));
                from = to;
            }
        }
        return pieces;
    }

    private DeviceMemory upload(List<Piece> pieces) {
        ByteBuffer table =
                ByteBuffer.allocateDirect(Piece.BYTES * pieces.size()).order(ByteOrder.nativeOrder());
        for (Piece piece : pieces) {
            piece.put(table);
        }
        return device.table(table.flip());
    }
}
