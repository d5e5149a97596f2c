package org.jelectra.gpu.sim;

import org.jelectra.gpu.GpuKernelException;

/** A kernel did something wrong; the launch ends there. */
public final class KernelFault extends GpuKernelException {

    private static final long serialVersionUID = 1;

    private final transient Report report;

    /**
     * What happened where.
     *
     * @param kernel name of the kernel
     * @param line line of the PTX, from 1
     * @param statement text of that line
     * @param block coordinates x, y, z of the block
     * @param thread index x, y of the thread in its block
     * @param address global address, or offset in shared or local memory; 0 where the fault has none
     * @param details what was expected, and what came
     */
    public record Report(
            FaultKind kind,
            String kernel,
            int line,
            String statement,
            Coordinates block,
            Coordinates thread,
            long address,
            String details) {

        @Override
        public String toString() {
            return "kernel " + kernel + ": " + kind.description() + " by thread " + thread + " of block " + block
                    + " at line " + line + " (" + statement + "): " + details;
        }
    }

    /** A place in a grid or block. */
    public record Coordinates(int x, int y, int z) {

        @Override
        public String toString() {
            return "(" + x + ", " + y + ", " + z + ")";
        }
    }

    KernelFault(Report report) {
        super(report.kind().code(), report.kind().codeName(), report.kernel(), report.toString());
        this.report = report;
    }

    /** What happened where. */
    public Report report() {
        return report;
    }
}
