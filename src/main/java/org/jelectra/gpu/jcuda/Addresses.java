package org.jelectra.gpu.jcuda;

import java.nio.ByteBuffer;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/** Addresses as numbers, and numbers as JCuda's pointers; JCuda shows the number to subclasses only. */
final class Addresses {

    private Addresses() {}

    /** Takes the address of device memory. */
    static final class DevicePointer extends CUdeviceptr {
        long address() {
            return getNativePointer();
        }
    }

    /** Takes the address of page-locked host memory, or has a given one. */
    static final class HostPointer extends Pointer {
        HostPointer() {}

        HostPointer(long address) {
            super(address);
        }

        long address() {
            return getNativePointer();
        }
    }

    static CUdeviceptr device(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }

    /** The buffer's content from its position on. */
    static Pointer host(ByteBuffer direct) {
        return Pointer.to(direct).withByteOffset(direct.position());
    }
}
