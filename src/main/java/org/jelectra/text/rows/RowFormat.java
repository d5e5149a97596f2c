package org.jelectra.text.rows;

import java.nio.file.Path;
import java.util.Locale;
import org.jelectra.text.corpus.FileNames;

/** How a file has its rows, which its name's ending tells, in any case, before {@code .gz} or {@code .xz}. */
public enum RowFormat {
    /** A row a line, cells divided by tabs, a quotation mark being an ordinary character: any ending but the others'. */
    TSV,
    /** Cells divided by commas and quoted by need (RFC 4180): {@code .csv}. */
    CSV,
    /** A JSON object a line, its fields being the columns: {@code .jsonl}, {@code .ndjson} or {@code .json}, as of a corpus. */
    JSONL;

    /** The format of a file of that name. */
    public static RowFormat of(Path file) {
        String name = FileNames.unpackedName(file.getFileName().toString());
        if (FileNames.isJsonLines(name)) {
            return JSONL;
        }
        return name.toLowerCase(Locale.ROOT).endsWith(".csv") ? CSV : TSV;
    }

    /** The ending that told the format, as it is written in the name; {@code .tsv} where none did. */
    public static String ending(Path file) {
        String name = FileNames.unpackedName(file.getFileName().toString());
        return of(file) == TSV ? ".tsv" : name.substring(name.lastIndexOf('.'));
    }
}
