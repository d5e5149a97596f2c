package org.jelectra.gpu.sim;

import java.util.Arrays;
import org.jelectra.gpu.sim.KernelFault.Coordinates;

/** The state of one warp: registers of 32 lanes, and the groups into which the lanes have parted. */
final class Warp {

    /** Instead of a program counter: look again which group is due. */
    private static final int RESCHEDULE = -1;
    /** Instructions between looks at the time. */
    private static final int SLICE = 1 << 20;

    final BlockRun block;
    /** Number in the block. */
    final int number;

    final int[][] ints;
    final float[][] floats;
    final long[][] longs;
    final double[][] doubles;
    final int[] predicates;
    /** Lanes whose last instruction with {@code .cc} carried. */
    int carries;
    /** Lanes that have written each register, for those registers whose initialisation is not proved. */
    final int[] written;

    final Scratch scratch = new Scratch();
    final Groups groups = new Groups();
    /** Of the launch at work. */
    Counts counts;

    final LocalMemory local;
    final AsyncCopies copies;
    /** Null where the kernel has none. */
    final AsyncProducts products;
    /** Kind of the access at work. */
    Access access = Access.WEAK;
    /** Lanes that the block has. */
    int started;
    /** Those that have not ended. */
    int live;
    /** The array that {@link Space#locate} found. */
    byte[] memory;
    /** The instruction at work. */
    Instruction current;

    private final Instruction[] code;

    Warp(BlockRun block, int number) {
        Program program = block.program;
        this.block = block;
        this.number = number;
        this.code = program.code;
        this.ints = new int[program.slots(RegisterClass.INT)][Lanes.COUNT];
        this.floats = new float[program.slots(RegisterClass.FLOAT)][Lanes.COUNT];
        this.longs = new long[program.slots(RegisterClass.LONG)][Lanes.COUNT];
        this.doubles = new double[program.slots(RegisterClass.DOUBLE)][Lanes.COUNT];
        this.predicates = new int[program.slots(RegisterClass.PREDICATE)];
        this.written = new int[program.registerNames.length];
        this.local = new LocalMemory(this, program.localBytes);
        this.copies = new AsyncCopies(this);
        this.products = program.asynchronousProducts ? new AsyncProducts(this) : null;
        program.constants.forEach(constant -> constant.fill(this));
    }

    /** Begins a block of so many threads. */
    void start(int threads) {
        int left = threads - number * Lanes.COUNT;
        started = left >= Lanes.COUNT ? Lanes.ALL : (1 << left) - 1;
        live = started;
        Arrays.fill(written, 0);
        local.clear();
        copies.clear();
        if (products != null) {
            products.clear();
        }
        groups.start(live);
    }

    /** Runs until all lanes have ended or wait for something outside of this warp. */
    void run() {
        for (int group = groups.next(); group >= 0; group = groups.next()) {
            long before = counts.instructions;
            run(group);
            block.spend(this, counts.instructions - before);
        }
    }

    /** Runs one group until it meets another, parts, waits or ends. */
    private void run(int group) {
        int pc = groups.pc(group);
        int mask = groups.lanes(group);
        int limit = groups.limit(group);
        int lanesOfMask = Integer.bitCount(mask);
        long instructions = 0;
        long threadInstructions = 0;
        long specialInstructions = 0;
        try {
            while (pc < limit && instructions < SLICE) {
                Instruction instruction = code[pc];
                current = instruction;
                int active = mask;
                if (instruction.guard >= 0) {
                    int value = predicates[instruction.guard];
                    active &= instruction.guardNegated ? ~value : value;
                }
                if (instruction.unproved != null) {
                    checkWritten(instruction, mask, active);
                }
                if (instruction.asynchronous != null && active != 0) {
                    products.registers.touch(instruction.asynchronous, active);
                }
                if (!instruction.hidden) {
                    instructions++;
                    threadInstructions += active == mask ? lanesOfMask : Integer.bitCount(active);
                    specialInstructions += instruction.special ? 1 : 0;
                }
                if (instruction.kind == Instruction.Kind.PLAIN) {
                    if (active != 0) {
                        instruction.execute(this, active);
                    }
                    pc++;
                } else {
                    pc = control(group, instruction, pc, mask, active);
                    if (pc == RESCHEDULE) {
                        return;
                    }
                }
                if (instruction.tracked != null) {
                    for (int register : instruction.tracked) {
                        written[register] |= active;
                    }
                }
            }
            groups.set(group, pc, mask);
        } finally {
            counts.instructions += instructions;
            counts.threadInstructions += threadInstructions;
            counts.specialInstructions += specialInstructions;
        }
    }

    /** Executes an instruction that may part, delay or end lanes; returns where the whole group goes on, or RESCHEDULE. */
    private int control(int group, Instruction instruction, int pc, int mask, int active) {
        if (active == 0) {
            return pc + 1;
        }
        switch (instruction.kind) {
            case BRANCH:
                return branch(group, ((Branch) instruction).target, pc, mask, active);
            case INDEXED_BRANCH:
                return branch(group, (IndexedBranch) instruction, pc, mask, active);
            case EXIT:
                live &= ~active;
                groups.set(group, pc + 1, mask & ~active);
                return RESCHEDULE;
            default:
                break;
        }
        if (active != mask) {
            groups.set(group, pc, active);
            groups.add(pc + 1, mask & ~active);
            return RESCHEDULE;
        }
        if (instruction.kind == Instruction.Kind.BARRIER) {
            if (((Barrier) instruction).waits) {
                groups.set(group, pc, mask);
                groups.waitAtBarrier(group);
                return RESCHEDULE;
            }
        } else if ((((WarpInstruction) instruction).required(this, active) & ~active) != 0) {
            groups.set(group, pc, mask);
            groups.waitForLanes(group);
            return RESCHEDULE;
        }
        instruction.execute(this, active);
        return pc + 1;
    }

    private int branch(int group, int target, int pc, int mask, int active) {
        if (active == mask && (target > pc || groups.alone())) {
            return target;
        }
        groups.set(group, pc + 1, mask & ~active);
        groups.add(target, active);
        return RESCHEDULE;
    }

    private int branch(int group, IndexedBranch branch, int pc, int mask, int active) {
        groups.set(group, pc + 1, mask & ~active);
        for (int rest = active; rest != 0; rest &= rest - 1) {
            int lane = Lanes.first(rest);
            groups.add(branch.target(this, lane), 1 << lane);
        }
        return RESCHEDULE;
    }

    private void checkWritten(Instruction instruction, int mask, int active) {
        for (int register : instruction.unproved) {
            boolean guard = register == instruction.guardRegister;
            checkWritten(register, guard ? mask : active);
        }
    }

    /** Some lanes read a register whose initialisation is not proved. */
    void checkWritten(int register, int lanes) {
        int missing = lanes & ~written[register];
        if (missing != 0) {
            throw fault(
                    FaultKind.UNINITIALISED_REGISTER,
                    Lanes.first(missing),
                    0,
                    "register " + block.program.registerNames[register] + " was never written on this path");
        }
    }

    /** Coordinates of a lane's thread in its block. */
    Coordinates thread(int lane) {
        int thread = number * Lanes.COUNT + lane;
        int width = block.shape.blockX();
        return new Coordinates(thread % width, thread / width, 0);
    }

    /** A fault of the current instruction, to be thrown. */
    KernelFault fault(FaultKind kind, int lane, long address, String details) {
        return fault(kind, current, lane, address, details);
    }

    /** A fault of some instruction, to be thrown. */
    KernelFault fault(FaultKind kind, Instruction instruction, int lane, long address, String details) {
        return new KernelFault(new KernelFault.Report(
                kind,
                block.program.name,
                instruction.source.line(),
                instruction.source.text(),
                block.coordinates(),
                thread(lane),
                address,
                details));
    }

    /** A set of lanes for people: "0-7, 12". */
    static String lanesText(int lanes) {
        StringBuilder text = new StringBuilder();
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            if ((lanes >>> lane & 1) == 0) {
                continue;
            }
            int last = lane;
            while (last + 1 < Lanes.COUNT && (lanes >>> last + 1 & 1) != 0) {
                last++;
            }
            text.append(text.length() == 0 ? "" : ", ").append(lane);
            if (last > lane) {
                text.append('-').append(last);
            }
            lane = last;
        }
        return text.toString();
    }
}
