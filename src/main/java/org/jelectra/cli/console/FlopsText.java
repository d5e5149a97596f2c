package org.jelectra.cli.console;

import java.util.Locale;

/** Amounts of compute for people. */
public final class FlopsText {

    private FlopsText() {}

    /** Such as 1.294e18; "-" where it is not known. */
    public static String of(double flops, int decimals) {
        if (Double.isNaN(flops)) {
            return "-";
        }
        String text = String.format(Locale.ROOT, "%." + decimals + "e", flops);
        return text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-");
    }

    /** How many times as much: three digits, where they say something. */
    public static String times(double ratio) {
        if (ratio < 0.001) {
            return of(ratio, 2);
        }
        int decimals = ratio >= 100 ? 0 : ratio >= 10 ? 1 : ratio >= 0.1 ? 2 : 4;
        return String.format(Locale.ROOT, "%,." + decimals + "f", ratio);
    }
}
