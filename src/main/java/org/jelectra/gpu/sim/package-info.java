/**
 * A GPU in Java: {@link org.jelectra.gpu.sim.SimulatedDriver} executes PTX, instruction by instruction, and checks what a device
 * would let pass.
 *
 * <p>The source is read by {@code ptx}, which puts functions in the place of their calls, and translated once into instructions whose
 * operands are indices of registers. A warp executes each instruction for its 32 lanes at a time, over arrays of 32 values; where lanes
 * part, groups of them have a program counter each, the lowest goes first, and groups that meet are joined. Blocks are spread over
 * threads.
 *
 * <p>Where what is:
 * <ul>
 *   <li>driver: {@code SimulatedDriver} and {@code SimulatorOptions}, {@code Streams} with events and graphs, {@code Recording},
 *       {@code LoadedModule}, {@code PreparedLaunch}, {@code GridRunner} and {@code BlockRun}
 *   <li>from source to instructions: {@code KernelTranslator} makes a {@code Program}, {@code Translator} one statement of it by what
 *       {@code InstructionSet} names; {@code Registers}, {@code Symbols}, {@code ControlFlow}
 *   <li>arithmetic: {@code Arithmetic} picks by type among {@code IntArithmetic} and {@code IntBits}, {@code LongArithmetic} and
 *       {@code LongBits}, which share {@code Bits}, {@code Carries}, {@code FloatArithmetic}, {@code DoubleArithmetic} and
 *       {@code Bfloat16}; {@code Conversion}, {@code Approximations}, {@code RoughFunctions}; {@code Numerics} is
 *       their choice, {@code Loops} runs it over lanes
 *   <li>memory: {@code *Space}, {@code SharedMemory}, {@code LocalMemory}, {@code Allocation}; {@code LoadStore},
 *       {@code Atomic}, {@code AsyncCopy}
 *   <li>warps: {@code Warp} and its {@code Groups}, {@code Barriers}, {@code Shuffle}, {@code Votes}; products on tensor cores are
 *       {@code MatrixProduct} ({@code mma}) and {@code AsyncProduct} ({@code wgmma}), whose sums {@code DeviceSums} makes
 *   <li>checks: {@code SharedRaces}, {@code GlobalRaces}, {@code WarpClocks} and {@code BlockOrder} for races,
 *       {@code DefiniteAssignment} for registers that nobody has written, {@code AsyncProxy} and {@code AsyncRegisters};
 *       {@code KernelFault} tells what they find
 *   <li>counters: {@code KernelCounters}, from {@code Counts}, {@code Sectors} and {@code Banks}; {@code Occupancy} and
 *       {@code RegisterPressure}
 * </ul>
 */
package org.jelectra.gpu.sim;
