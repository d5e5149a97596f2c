package org.jelectra.pretrain;

import java.util.stream.DoubleStream;

/**
 * When snapshots are written and which are kept.
 *
 * @param everySteps steps between two; 0: not by steps
 * @param everyMinutes minutes between two; 0: not by time
 * @param keep how many of the latest are kept, at least 1; with 2 and more there is one to go back to where the latest is damaged
 */
public record SnapshotPolicy(int everySteps, double everyMinutes, int keep) {

    /** Every ten minutes, the latest two. */
    public static final SnapshotPolicy DEFAULT = new SnapshotPolicy(0, 10, 2);

    /** The fractions of a run whose snapshots are always written and kept; the paper's Table 1 compares models at them. */
    private static final double[] MILESTONES = {0.0625, 0.125, 0.25, 0.5, 1};

    public SnapshotPolicy {
        if (everySteps < 0 || !(everyMinutes >= 0)) {
            throw new IllegalArgumentException("steps and minutes between snapshots must not be negative, got "
                    + everySteps + " and " + everyMinutes);
        }
        if (keep < 1) {
            throw new IllegalArgumentException("at least one snapshot must be kept, got " + keep);
        }
    }

    /** How many snapshots of a run are milestones, but for runs of very few steps. */
    public static int milestones() {
        return MILESTONES.length;
    }

    /** Whether the snapshot after {@code step} of {@code steps} is a milestone, and kept for good. */
    public static boolean isMilestone(int step, int steps) {
        return DoubleStream.of(MILESTONES).anyMatch(fraction -> step == (int) Math.ceil(fraction * steps));
    }

    /** Whether a snapshot is due after a step. */
    boolean isDue(int step, int steps, double minutesSinceLast) {
        return isMilestone(step, steps)
                || everySteps > 0 && step % everySteps == 0
                || everyMinutes > 0 && minutesSinceLast >= everyMinutes;
    }
}
