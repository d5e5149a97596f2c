package org.jelectra.pretrain;

/** Ends a run when it has trained for so long, all its processes together. The learning rate does not know of it. */
public final class TimeLimit implements PretrainListener {

    private static final double SECONDS_PER_HOUR = 3600;

    private final Pretrainer pretrainer;
    private final double hours;

    /** @param hours of training, positive */
    public TimeLimit(Pretrainer pretrainer, double hours) {
        if (!(hours > 0)) {
            throw new IllegalArgumentException("the limit of hours must be positive, got " + hours);
        }
        this.pretrainer = pretrainer;
        this.hours = hours;
    }

    /** Whether the time is over. */
    public boolean isReached() {
        return pretrainer.elapsedSeconds() >= hours * SECONDS_PER_HOUR;
    }

    @Override
    public boolean endsAfter(int step) {
        return isReached();
    }
}
