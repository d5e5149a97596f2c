/**
 * The CPU backend. {@link org.jelectra.backend.cpu.CpuBackend} checks operands; one class per family of operations partitions
 * the work over {@code Workers}; {@code PanelGemm} does so for matrix products.
 * {@link org.jelectra.backend.cpu.CpuKernels} are the inner loops, those of products among them, with vector instructions or in
 * plain Java, as {@code KernelChoice} finds.
 */
package org.jelectra.backend.cpu;
