package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import org.jelectra.gpu.PinnedMemory;
import org.jelectra.gpu.Stream;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Copies between Java arrays and tensors, through a piece of page-locked memory; each call waits until it is done. */
final class Transfers {

    private static final int STAGING_BYTES = 1 << 20;

    private final Device device;
    private final PinnedMemory staging;

    Transfers(Device device) {
        this.device = device;
        this.staging = device.gpu().allocatePinned(STAGING_BYTES);
    }

    /** Moves a run of elements between an array and the staging buffer. */
    private interface Run {
        void move(ByteBuffer buffer, int first, int count);
    }

    void upload(float[] source, int from, Tensor tensor) {
        if (tensor.dtype() == DType.BFLOAT16) {
            upload(tensor, (buffer, first, count) -> {
                for (int i = 0; i < count; i++) {
                    buffer.putShort(Bfloat16.of(source[from + first + i]));
                }
            });
        } else {
            require(tensor, DType.FLOAT32);
            upload(tensor, (buffer, first, count) -> {
                buffer.asFloatBuffer().put(source, from + first, count);
                buffer.position(4 * count);
            });
            CudaStorage.of(tensor).refreshBf16Copy(tensor.offset(), tensor.size());
        }
    }

    void upload(int[] source, int from, Tensor tensor) {
        require(tensor, DType.INT32);
        upload(tensor, (buffer, first, count) -> {
            buffer.asIntBuffer().put(source, from + first, count);
            buffer.position(4 * count);
        });
    }

    void download(Tensor tensor, float[] target, int to) {
        if (tensor.dtype() == DType.BFLOAT16) {
            download(tensor, (buffer, first, count) -> {
                for (int i = 0; i < count; i++) {
                    target[to + first + i] = Bfloat16.toFloat(buffer.getShort());
                }
            });
        } else {
            require(tensor, DType.FLOAT32);
            download(tensor, (buffer, first, count) -> buffer.asFloatBuffer().get(target, to + first, count));
        }
    }

    void download(Tensor tensor, int[] target, int to) {
        require(tensor, DType.INT32);
        download(tensor, (buffer, first, count) -> buffer.asIntBuffer().get(target, to + first, count));
    }

    private void upload(Tensor tensor, Run run) {
        int bytes = tensor.dtype().bytes();
        Stream stream = device.stream();
        CudaStorage storage = CudaStorage.of(tensor);
        for (long done = 0; done < tensor.size(); ) {
            int count = (int) Math.min(STAGING_BYTES / bytes, tensor.size() - done);
            ByteBuffer buffer = staging.buffer().clear();
            run.move(buffer, (int) done, count);
            storage.memory().upload((tensor.offset() + done) * bytes, buffer.flip(), stream);
            stream.synchronize();
            done += count;
        }
    }

    private void download(Tensor tensor, Run run) {
        int bytes = tensor.dtype().bytes();
        Stream stream = device.stream();
        CudaStorage storage = CudaStorage.of(tensor);
        for (long done = 0; done < tensor.size(); ) {
            int count = (int) Math.min(STAGING_BYTES / bytes, tensor.size() - done);
            ByteBuffer buffer = staging.buffer().clear().limit(count * bytes);
            storage.memory().download((tensor.offset() + done) * bytes, buffer, stream);
            stream.synchronize();
            run.move(buffer, (int) done, count);
            done += count;
        }
    }

    private static void require(Tensor tensor, DType dtype) {
        if (tensor.dtype() != dtype) {
            throw new IllegalArgumentException(tensor + " is not " + dtype);
        }
    }
}
