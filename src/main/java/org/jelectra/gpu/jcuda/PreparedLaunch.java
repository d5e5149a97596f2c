package org.jelectra.gpu.jcuda;

import jcuda.Pointer;
import jcuda.driver.CUfunction;
import org.jelectra.gpu.LaunchShape;

/**
 * A launch whose arguments lie in native memory.
 *
 * @param parameters points to the table of pointers to the arguments
 * @param memory holds the table and the arguments
 */
record PreparedLaunch(
        String kernel, CUfunction function, LaunchShape shape, Pointer parameters, ArgumentMemory.Piece memory) {

    @Override
    public String toString() {
        return kernel + " (" + shape + ")";
    }
}
