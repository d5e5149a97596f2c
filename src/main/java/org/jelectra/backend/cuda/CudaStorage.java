package org.jelectra.backend.cuda;

import org.jelectra.gpu.DeviceMemory;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * A piece of device memory. A FLOAT32 storage of parameters can have a copy in bf16 beside it, which matrix products on tensor
 * cores read; uploads and the optimiser write both.
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

    /** Address of the tensor's first element; 0 for null. */
    static long address(Tensor tensor) {
        return tensor == null
                ? 0
                : of(tensor).memory.address() + tensor.offset() * tensor.dtype().bytes();
    }

    /**
     * Address of the tensor's first element in bf16: its own where it is BFLOAT16, else in the copy beside its storage, which
     * is made when it is first asked for.
     */
    static long bf16Address(Tensor tensor) {
        if (tensor.dtype() == DType.BFLOAT16) {
            return address(tensor);
        }
        CudaStorage storage = of(tensor);
        if (storage.bf16Copy == null) {
            storage.bf16Copy = storage.device.gpu().allocate(2 * storage.size);
            storage.refreshBf16Copy(0, storage.size);
        }
        return storage.bf16Copy.address() + tensor.offset() * DType.BFLOAT16.bytes();
    }

    /** Brings the copy up to date with a range of the elements; nothing where there is no copy. */
    void refreshBf16Copy(long offset, long count) {
        if (bf16Copy != null) {
            Elementwise.cast(device, memory.address() + 4 * offset, bf16Copy.address() + 2 * offset, count);
        }
    }

    /** That of a tensor which must be on this device. */
    static CudaStorage of(Tensor tensor, Device device) {
        CudaStorage storage = of(tensor);
        if (storage.device != device) {
            throw new IllegalArgumentException(tensor + " is in the memory of another CUDA backend");
        }
        return storage;
    }

    static CudaStorage of(Tensor tensor) {
        if (tensor.storage() instanceof CudaStorage storage) {
            return storage;
        }
        throw new IllegalArgumentException(tensor + " is not in the CUDA backend's memory");
    }
}
