package org.jelectra.gpu.sim;

import org.jelectra.gpu.LaunchShape;

/**
 * A launch that waits to be run.
 *
 * @param module what the program is of
 * @param parameters bytes of the kernel's parameters
 */
record PreparedLaunch(LoadedModule module, Program program, LaunchShape shape, byte[] parameters) {

    /** Shared memory of a block, static and dynamic. */
    int sharedBytes() {
        return program.staticSharedBytes + shape.dynamicSharedBytes();
    }

    /** Warps of a block. */
    int warps() {
        return (shape.threads() + Lanes.COUNT - 1) / Lanes.COUNT;
    }
}
