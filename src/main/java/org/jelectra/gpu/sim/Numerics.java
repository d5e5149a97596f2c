package org.jelectra.gpu.sim;

/**
 * What kernels compute where devices differ, or promise no more than an error.
 *
 * @param sums how products of matrices add; null for additions of floats
 * @param roughFunctions whether approximate functions are as wrong as they may be ({@link RoughFunctions})
 */
record Numerics(DeviceSums sums, boolean roughFunctions) {}
