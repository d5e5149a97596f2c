/**
 * A GPU in Java: {@link org.jelectra.gpu.sim.SimulatedDriver} executes PTX, instruction by instruction, and checks what a device
 * would let pass.
 *
 * <p>The source is read by {@code ptx} and translated once into instructions whose operands are indices of registers. A warp
 * executes each instruction for its 32 lanes at a time, over arrays of 32 values; where lanes part, groups of them have a program
 * counter each, the lowest goes first, and groups that meet are joined. Blocks are spread over threads.
 */
package org.jelectra.gpu.sim;
