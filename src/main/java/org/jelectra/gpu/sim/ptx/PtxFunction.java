package org.jelectra.gpu.sim.ptx;

import java.util.List;

/**
 * A device function that is no entry.
 *
 * @param results parameters that it writes
 * @param body the rest, with the parameters that it reads
 */
record PtxFunction(List<PtxVariable> results, PtxKernel body) {}
