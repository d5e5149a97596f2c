package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jelectra.gpu.Event;
import org.jelectra.gpu.PinnedMemory;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * Copies between Java arrays and tensors, through page-locked memory. An upload only puts its copy into the stream. The memory has
 * parts that are used up one after the other, each again when the stream has got through the copies from it, which is long before
 * its turn comes where the device keeps pace; a download waits for its data anyway, and then all of it is free again.
 */
final class Transfers {

    /** A batch of 128 x 128 tokens with its masks takes 290 KB. */
    private static final int PARTS = 4;
    /** Bytes of a part, and of the largest piece of a copy. */
    private static final int PART_BYTES = 1 << 20;
    /** Pieces begin at multiples of this. */
    private static final int ALIGNMENT = 256;

    private final Device device;
    private final PinnedMemory staging;
    /** When the stream has got through the copies from each part, the last time. */
    private final Event[] copied = new Event[PARTS];
    /** The part that is in use, and its bytes that copies in the stream may still read. */
    private int part;

    private int used;

    Transfers(Device device) {
        this.device = device;
        this.staging = device.gpu().allocatePinned(PARTS * PART_BYTES);
        Arrays.setAll(copied, i -> device.gpu().createEvent());
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
            upload(tensor, (buffer, first, count) -> buffer.asFloatBuffer().put(source, from + first, count));
            CudaStorage.of(tensor, device).refreshBf16Copy(tensor.offset(), tensor.size());
        }
    }

    void upload(int[] source, int from, Tensor tensor) {
        require(tensor, DType.INT32);
        upload(tensor, (buffer, first, count) -> buffer.asIntBuffer().put(source, from + first, count));
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
        CudaStorage storage = CudaStorage.of(tensor, device);
        for (long done = 0; done < tensor.size(); ) {
            int count = (int) Math.min(PART_BYTES / bytes, tensor.size() - done);
            ByteBuffer buffer = piece(count * bytes);
            run.move(buffer, (int) done, count);
            storage.memory().upload((tensor.offset() + done) * bytes, buffer.rewind(), device.stream());
            done += count;
        }
    }

    private void download(Tensor tensor, Run run) {
        int bytes = tensor.dtype().bytes();
        CudaStorage storage = CudaStorage.of(tensor, device);
        for (long done = 0; done < tensor.size(); ) {
            int count = (int) Math.min(PART_BYTES / bytes, tensor.size() - done);
            ByteBuffer buffer = piece(count * bytes);
            storage.memory().download((tensor.offset() + done) * bytes, buffer, device.stream());
            synchronize();
            run.move(buffer, (int) done, count);
            done += count;
        }
    }

    /** That many bytes which nothing in the stream uses. */
    private ByteBuffer piece(int bytes) {
        if (used + bytes > PART_BYTES) {
            copied[part].record(device.stream());
            part = (part + 1) % PARTS;
            used = 0;
            copied[part].synchronize();
        }
        ByteBuffer piece =
                staging.buffer().slice(part * PART_BYTES + used, bytes).order(ByteOrder.nativeOrder());
        used = (used + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return piece;
    }

    private void synchronize() {
        device.stream().synchronize();
        used = 0;
    }

    private static void require(Tensor tensor, DType dtype) {
        if (tensor.dtype() != dtype) {
            throw new IllegalArgumentException(tensor + " is not " + dtype);
        }
    }
}
