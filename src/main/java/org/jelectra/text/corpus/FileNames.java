package org.jelectra.text.corpus;

import java.util.Locale;

/** What the endings of a file's name, in any case, say of what is in it. */
public final class FileNames {

    private FileNames() {}

    /** gzip, xz or none, as {@code .gz} and {@code .xz} say. */
    static String compression(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".gz") ? "gzip" : lower.endsWith(".xz") ? "xz" : "none";
    }

    /** The name of a file without the ending that says how it is compressed. */
    public static String unpackedName(String name) {
        return compression(name).equals("none") ? name : name.substring(0, name.length() - ".gz".length());
    }

    /** Whether the name of a file, compressed or not, says JSON Lines. */
    public static boolean isJsonLines(String name) {
        String plain = unpackedName(name).toLowerCase(Locale.ROOT);
        return plain.endsWith(".jsonl") || plain.endsWith(".ndjson") || plain.endsWith(".json");
    }
}
