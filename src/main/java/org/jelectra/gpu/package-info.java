/**
 * The GPU as Java objects: {@link org.jelectra.gpu.Gpu} opens a device, loads PTX, owns memory and launches kernels. It stands on
 * {@link org.jelectra.gpu.GpuDriver}, of which {@code gpu.jcuda} is the real one and {@code gpu.sim} executes PTX in Java;
 * {@link org.jelectra.gpu.DryDriver} only counts memory.
 */
package org.jelectra.gpu;
