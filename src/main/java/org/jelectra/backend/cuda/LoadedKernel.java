package org.jelectra.backend.cuda;

import org.jelectra.gpu.FunctionAttributes;

/**
 * A kernel on a device.
 *
 * @param family its module
 * @param name its name
 * @param attributes what it takes there
 */
public record LoadedKernel(String family, String name, FunctionAttributes attributes) {}
