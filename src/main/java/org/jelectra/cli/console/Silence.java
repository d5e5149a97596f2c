package org.jelectra.cli.console;

import java.util.Locale;

/**
 * How long nothing was heard of a training, whose metrics may be hours apart, and whether a line is due that says no more than that it
 * goes on. A line that is rewritten in place is due every second. Of lines that stay, the first is due after 5 seconds, and each further
 * one when it was silent for as long as the training took before that, at most 5 minutes.
 */
public final class Silence {

    private static final long SECOND = 1_000_000_000L;
    private static final long SHORTEST = 5 * SECOND;
    private static final long LONGEST = 300 * SECOND;

    private final boolean rewritten;
    private final long began;
    private long heard;

    /**
     * Nothing was heard yet.
     *
     * @param rewritten whether lines are rewritten in place
     * @param now nanoseconds, on the clock of all calls
     */
    public Silence(boolean rewritten, long now) {
        this.rewritten = rewritten;
        this.began = now;
        this.heard = now;
    }

    /** Whether it has lasted long enough for a line. */
    public boolean isLong(long now) {
        long patience = rewritten ? SECOND : Math.max(SHORTEST, Math.min(LONGEST, heard - began));
        return now - heard >= patience;
    }

    /** Something was heard: metrics, or a line of the kind that is due after a silence. */
    public void end(long now) {
        heard = now;
    }

    /** Such a line's speed: {@code 3.2 steps/s} or {@code 12.8 s/step}. */
    public static String speed(double secondsPerStep) {
        return secondsPerStep < 1
                ? String.format(Locale.ROOT, "%,.1f steps/s", 1 / secondsPerStep)
                : String.format(Locale.ROOT, "%,.1f s/step", secondsPerStep);
    }
}
