package org.jelectra.gpu;

/**
 * Resources of a compiled kernel.
 *
 * @param registers registers per thread
 * @param staticSharedBytes shared memory per block, without the dynamic part
 * @param localBytes local memory per thread: register spills and arrays
 * @param maxThreads largest number of threads of a block
 */
public record FunctionAttributes(int registers, int staticSharedBytes, int localBytes, int maxThreads) {}
