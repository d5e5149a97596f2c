package org.jelectra.cli.predict;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Names of columns in the first line of a .tsv file, which is read as texts. */
final class ColumnNames {

    private static final Pattern TABLE = Pattern.compile("(?i)\\.tsv(\\.gz|\\.xz)?$");

    /** What tables begin with whose columns have names, in any case; in a table without, a first row of nothing else is improbable. */
    private static final Set<String> NAMES = Set.of(
            "id",
            "index",
            TextFields.TEXT,
            TextFields.PAIR,
            "sentence",
            "sentence1",
            "sentence2",
            "question",
            "context",
            "label");

    private ColumnNames() {}

    /**
     * Of a table without names every row is a text or a pair, the names of its columns too, were they there.
     *
     * @param firstLine of a file of any name
     * @throws IOException if the file is a table, and its first line has names
     */
    static void requireNone(String file, String firstLine) throws IOException {
        List<String> cells = List.of(firstLine.strip().toLowerCase(Locale.ROOT).split("\\s*\t\\s*"));
        if (TABLE.matcher(file).find() && NAMES.containsAll(cells)) {
            throw new IOException(file + ":1: expected a text, found names of columns, '"
                    + firstLine.replace("\t", "', '")
                    + "'; they are read of .csv, .jsonl, .ndjson and .json: leave the line out, or write the table so");
        }
    }
}
