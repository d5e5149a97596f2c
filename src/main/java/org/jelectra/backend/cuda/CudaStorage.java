package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.Launch;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * A piece of device memory. A FLOAT32 storage of parameters can have a copy in bf16 beside it, which matrix products on tensor
 * cores read; uploads, the optimiser and operations on each element by itself write both, and nothing else may write parameters.
 */
final class CudaStorage implements Storage {

    private final Device device;
    private final DType dtype;
    private final long size;
    private final DeviceMemory memory;
    private DeviceMemory bf16Copy;

    CudaStorage(Device device, DType dtype, long size) {
        if (size < 0) {
            throw new IllegalArgumentException("a storage must not have a negative size, got " + size);
        }
        this.device = device;
        this.dtype = dtype;
        this.size = size;
        long words = Math.max(1, (size * dtype.bytes() + 3) / 4);
        memory = device.gpu().allocate(4 * words);
        memory.fill(0, 0, words, device.gpu().stream());
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public long size() {
        return size;
    }

    DeviceMemory memory() {
        return memory;
    }

    boolean hasBf16Copy() {
        return bf16Copy != null;
    }

    /** Address of the element that many elements from the beginning. */
    long address(long offset) {
        return memory.address() + offset * dtype.bytes();
    }

    /** The same in the copy in bf16, which is made when it is first asked for. */
    long bf16CopyAddress(long offset) {
        if (bf16Copy == null) {
            bf16Copy = device.gpu().allocate(2 * size);
            refreshBf16Copy(0, size);
        }
        return bf16Copy.address() + offset * DType.BFLOAT16.bytes();
    }

    /** Whether the address of the tensor's first element is a multiple of so many bytes; that of null is. */
    static boolean isAligned(Tensor tensor, int bytes) {
        return tensor == null || of(tensor).address(tensor.offset()) % bytes == 0;
    }

    /** Brings the copy up to date with a range of the elements, in the order of the stream; nothing where there is no copy. */
    void refreshBf16Copy(long offset, long count) {
        if (bf16Copy != null) {
            try (Launch launch = cast(offset, count)) {
                launch.run(device.stream());
            }
        }
    }

    /** The same of a copy that there is, any number of times. */
    Operation bf16Refresh(long offset, long count) {
        Launch launch = cast(offset, count);
        return () -> launch.run(device.stream());
    }

    private Launch cast(long offset, long count) {
        return Elementwise.cast(device, memory.address() + 4 * offset, bf16Copy.address() + 2 * offset, count);
    }

    /**
     * That of a tensor which must be in the memory of this device.
     *
     * @throws IllegalArgumentException if it is elsewhere
     */
    static CudaStorage of(Tensor tensor, Device device) {
        CudaStorage storage = of(tensor);
        if (storage.device != device) {
            throw new IllegalArgumentException(tensor + " is in the memory of another CUDA backend");
        }
        return storage;
    }

    private static CudaStorage of(Tensor tensor) {
        if (tensor.storage() instanceof CudaStorage storage) {
            return storage;
        }
        throw new IllegalArgumentException(tensor + " is not in the CUDA backend's memory");
    }
}
