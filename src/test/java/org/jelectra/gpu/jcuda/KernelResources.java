package org.jelectra.gpu.jcuda;

/**
 * What a kernel takes on a device, as the PTX compiler says.
 *
 * @param kernel its name
 * @param registers registers per thread
 * @param sharedBytes static shared memory per block
 * @param stackBytes local memory per thread
 * @param spillStores bytes that are moved from registers to local memory for want of registers
 * @param spillLoads bytes that are moved back
 * @param serialized whether asynchronous products (wgmma) wait for each other, because of how their registers are used
 */
public record KernelResources(
        String kernel,
        int registers,
        int sharedBytes,
        int stackBytes,
        int spillStores,
        int spillLoads,
        boolean serialized) {

    /** Whether everything stays in registers and shared memory. */
    public boolean staysOnChip() {
        return stackBytes == 0 && spillStores == 0 && spillLoads == 0;
    }
}
