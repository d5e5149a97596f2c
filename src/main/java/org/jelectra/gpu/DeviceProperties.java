package org.jelectra.gpu;

/**
 * Facts about a device.
 *
 * @param name as the vendor calls it
 * @param computeCapability 10 major + minor: 80 for an A100, 90 for an H100 or H200
 * @param multiprocessors number of multiprocessors
 * @param memoryBytes device memory in all
 * @param l2Bytes size of the second-level cache
 * @param sharedMemoryPerBlock bytes of shared memory that a block can have at most
 */
public record DeviceProperties(
        String name,
        int computeCapability,
        int multiprocessors,
        long memoryBytes,
        int l2Bytes,
        int sharedMemoryPerBlock) {}
