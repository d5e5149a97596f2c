/**
 * The CPU backend. {@link org.jelectra.backend.cpu.CpuBackend} checks operands; one class per family of operations partitions
 * the work over {@code Workers}; {@link org.jelectra.backend.cpu.CpuKernels} and {@link org.jelectra.backend.cpu.Gemm} are
 * the inner loops, each with several implementations that {@code CpuProviders} chooses from, with a reason for each that it
 * passes over.
 */
package org.jelectra.backend.cpu;
