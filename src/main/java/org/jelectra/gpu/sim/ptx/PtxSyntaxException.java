package org.jelectra.gpu.sim.ptx;

/** A line of PTX that cannot be read or executed. */
public final class PtxSyntaxException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * @param line number of the line in the source, from 1
     * @param message what is wrong with it
     */
    public PtxSyntaxException(int line, String message) {
        super("line " + line + ": " + message);
    }
}
