package org.jelectra.cli.console;

import java.util.Locale;

/** Durations for people. */
public final class Durations {

    private Durations() {}

    /** {@code 0:07}, {@code 2:41}, {@code 3:02:09} or {@code 2d 5:30:00}; {@code ?} where it is unknown. */
    public static String text(double seconds) {
        if (!(seconds >= 0) || seconds > 1e10) {
            return "?";
        }
        long whole = Math.round(seconds);
        long days = whole / 86_400;
        long hours = whole / 3600 % 24;
        long minutes = whole / 60 % 60;
        String text = hours > 0 || days > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", minutes, whole % 60);
        return days > 0 ? days + "d " + text : text;
    }
}
