package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.Readback;
import org.jelectra.gpu.Event;
import org.jelectra.gpu.PinnedMemory;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Copies in page-locked memory, which the stream makes; an event tells when they are there. */
final class PinnedReadback implements Readback {

    /** Each tensor's copy begins at a multiple of this. */
    private static final int ALIGNMENT = 256;

    private final Device device;
    private final Map<Tensor, ByteBuffer> copies = new IdentityHashMap<>();
    private final Event taken;

    PinnedReadback(Device device, List<Tensor> tensors) {
        this.device = device;
        int bytes = tensors.stream().mapToInt(PinnedReadback::place).sum();
        PinnedMemory memory = device.gpu().allocatePinned(Math.max(1, bytes));
        int at = 0;
        for (Tensor tensor : tensors) {
            CudaStorage.of(tensor, device);
            copies.put(tensor, memory.buffer().slice(at, bytes(tensor)).order(ByteOrder.nativeOrder()));
            at += place(tensor);
        }
        taken = device.gpu().createEvent();
    }

    private static int bytes(Tensor tensor) {
        return Math.toIntExact(tensor.size() * tensor.dtype().bytes());
    }

    private static int place(Tensor tensor) {
        return (bytes(tensor) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    @Override
    public void take() {
        copies.forEach((tensor, copy) -> CudaStorage.of(tensor, device)
                .memory()
                .download(tensor.offset() * tensor.dtype().bytes(), copy.rewind(), device.stream()));
        taken.record(device.stream());
    }

    @Override
    public void read(Tensor tensor, float[] target) {
        ByteBuffer copy = copy(tensor, tensor.dtype().isFloat());
        int size = Math.toIntExact(tensor.size());
        if (tensor.dtype() == DType.BFLOAT16) {
            for (int i = 0; i < size; i++) {
                target[i] = Bfloat16.toFloat(copy.getShort(Short.BYTES * i));
            }
        } else {
            copy.asFloatBuffer().get(target, 0, size);
        }
    }

    @Override
    public void read(Tensor tensor, int[] target) {
        copy(tensor, tensor.dtype() == DType.INT32).asIntBuffer().get(target, 0, Math.toIntExact(tensor.size()));
    }

    private ByteBuffer copy(Tensor tensor, boolean rightType) {
        ByteBuffer copy = copies.get(tensor);
        if (copy == null || !rightType) {
            throw new IllegalArgumentException(
                    tensor + " is not among the tensors of this readback, or of another type");
        }
        taken.synchronize();
        return copy.rewind();
    }
}
