package org.jelectra.cli.console;

import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Tells once of a training that will take days on the processor, which nobody has asked for: what can run was found out by itself. */
public final class SlowRunWarning {

    private static final double DAY = 86_400;
    private static final double LONGEST = 3 * DAY;
    /** The first step has the compiler's work in it. */
    private static final long FEWEST_STEPS = 2;

    private static final double SHORTEST_SECONDS = 5;

    private final BooleanSupplier onCpuUnasked;
    private final String help;
    private boolean told;

    /**
     * A warning that was not given yet.
     *
     * @param onCpuUnasked whether the processor computes because no GPU can
     * @param help options that make the training shorter
     */
    public SlowRunWarning(BooleanSupplier onCpuUnasked, String help) {
        this.onCpuUnasked = onCpuUnasked;
        this.help = help;
    }

    /**
     * The warning, where it is due: the rest takes more than three days.
     *
     * @param steps steps that were timed
     * @param seconds that they took
     * @param remainingSteps of the rest
     */
    public Optional<String> after(long steps, double seconds, double remainingSteps) {
        // by the mean since the beginning: one long pause tells nothing of days
        double remainingSeconds = seconds / steps * remainingSteps;
        boolean known = steps >= FEWEST_STEPS && seconds >= SHORTEST_SECONDS;
        if (told || !known || !(remainingSeconds > LONGEST) || !onCpuUnasked.getAsBoolean()) {
            return Optional.empty();
        }
        told = true;
        return Optional.of(String.format(
                Locale.ROOT,
                "the rest takes about %,.0f days on the processor, as no GPU can run here (jelectra doctor says why); what helps: %s,"
                        + " or a GPU",
                remainingSeconds / DAY,
                help));
    }
}
