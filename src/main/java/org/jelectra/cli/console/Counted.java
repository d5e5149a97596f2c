package org.jelectra.cli.console;

import java.util.Locale;

/** Numbers of things as people write them: 1 file, 1,000 files. */
public final class Counted {

    private Counted() {}

    /** @param noun in the singular, with a plural that adds an s */
    public static String of(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }
}
