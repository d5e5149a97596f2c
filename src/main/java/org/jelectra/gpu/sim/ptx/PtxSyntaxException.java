package org.jelectra.gpu.sim.ptx;

/** A line of PTX that cannot be read or executed. */
public final class PtxSyntaxException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int line;

    /**
     * @param line number of the line in the source, from 1
     * @param message what is wrong with it
     */
    public PtxSyntaxException(int line, String message) {
        super("line " + line + ": " + message);
        this.line = line;
    }

    /** Number of the line in the source, from 1. */
    public int line() {
        return line;
    }
}
