package org.jelectra.gpu.sim;

import org.jelectra.gpu.LaunchShape;
import org.jelectra.gpu.sim.KernelFault.Coordinates;

/** What executes blocks, one after the other: shared memory, warps and barriers are used again. */
final class BlockRun {

    final Program program;
    final DeviceSpace space;
    final SharedMemory shared;
    final Warp[] warps;
    /** Null where nobody looks for races. */
    final WarpClocks clocks;
    /** Null where nobody checks, or there is no shared memory. */
    final SharedRaces races;

    final Barriers barriers;
    /** Null where the kernel has no asynchronous products. */
    final Warpgroups warpgroups;

    LaunchShape shape;
    byte[] parameters;
    Counts counts;
    /** Null where nobody checks. */
    GlobalRaces globalRaces;

    /** Number of the block in the grid, and its coordinates. */
    long index;

    int x;
    int y;
    int z;

    private final long instructionLimit;
    private long instructions;

    /**
     * @param warpCount warps of a block
     * @param sharedBytes shared memory of a block
     */
    BlockRun(Program program, int warpCount, int sharedBytes, DeviceSpace space, SimulatorOptions options) {
        this.program = program;
        this.space = space;
        this.instructionLimit = options.instructionLimit;
        this.shared = new SharedMemory(sharedBytes);
        this.warps = new Warp[warpCount];
        this.clocks = options.races ? new WarpClocks(warpCount) : null;
        this.races = options.races && sharedBytes > 0
                ? new SharedRaces(sharedBytes, program.sharedUnit, warpCount, clocks)
                : null;
        if (program.asynchronousProducts) {
            shared.proxy = new AsyncProxy(this, sharedBytes, program.sharedUnit, warpCount);
        }
        this.warpgroups = program.asynchronousProducts ? new Warpgroups(this, warpCount) : null;
        for (int i = 0; i < warpCount; i++) {
            warps[i] = new Warp(this, i);
        }
        this.barriers = new Barriers(this);
    }

    /** Begins a launch. */
    void begin(PreparedLaunch launch, GlobalRaces races) {
        shape = launch.shape();
        parameters = launch.parameters();
        globalRaces = races;
        counts = new Counts();
        for (Warp warp : warps) {
            warp.counts = counts;
        }
    }

    Coordinates coordinates() {
        return new Coordinates(x, y, z);
    }

    /**
     * Executes a block.
     *
     * @param number its number in the grid
     */
    void run(long number) {
        index = number;
        x = (int) (index % shape.gridX());
        y = (int) (index / shape.gridX() % shape.gridY());
        z = (int) (index / shape.gridX() / shape.gridY());
        instructions = 0;
        shared.clear();
        barriers.clear();
        if (warpgroups != null) {
            warpgroups.clear();
        }
        if (clocks != null) {
            clocks.clear();
        }
        if (races != null) {
            races.clear();
        }
        for (Warp warp : warps) {
            warp.start(shape.threads());
            for (Program.Special special : program.specials) {
                special.fill(warp);
            }
        }
        boolean alive = true;
        while (alive) {
            alive = false;
            for (Warp warp : warps) {
                if (warp.live != 0) {
                    warp.run();
                    alive |= warp.live != 0;
                }
            }
            if (alive) {
                barriers.release();
            }
        }
        if (warpgroups != null) {
            warpgroups.end();
        }
    }

    /** Counts instructions towards the limit of the block. */
    void spend(Warp warp, long more) {
        instructions += more;
        if (instructions > instructionLimit) {
            throw warp.fault(
                    FaultKind.TIMEOUT,
                    Lanes.first(warp.live),
                    0,
                    "the warps of the block have executed more than " + instructionLimit + " instructions");
        }
    }
}
