/** The syntax of PTX: source text to modules, kernels, statements and operands, without any meaning attached. */
package org.jelectra.gpu.sim.ptx;
