/**
 * The CUDA backend: one class per family of kernels, which prepares launches of the PTX under
 * {@code src/main/resources/org/jelectra/kernels}, built from {@code kernels/*.cu}.
 */
package org.jelectra.backend.cuda;
