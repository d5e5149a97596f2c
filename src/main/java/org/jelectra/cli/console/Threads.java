package org.jelectra.cli.console;

/** The number of threads of a command. */
public final class Threads {

    /** More are of no use, and thousands may not start at all. */
    private static final int MOST = Math.max(256, 4 * Runtime.getRuntime().availableProcessors());

    private Threads() {}

    /**
     * The number to take.
     *
     * @param wanted what was asked for; null: as many as there are processors
     * @throws IllegalArgumentException for a number that no machine like this one needs
     */
    public static int of(Integer wanted) {
        if (wanted == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (wanted < 1) {
            throw new IllegalArgumentException("the number of threads must be positive, got " + wanted);
        }
        if (wanted > MOST) {
            throw new IllegalArgumentException("the number of threads must be at most " + MOST + ", got " + wanted);
        }
        return wanted;
    }
}
