package org.jelectra.finetune.data;

import java.nio.file.Path;
import java.util.Locale;

/** How a file has its rows, which its name's ending tells, before {@code .gz} or {@code .xz}. */
public enum RowFormat {
    /** A row a line, cells divided by tabs, a quotation mark being an ordinary character: any ending but the others'. */
    TSV,
    /** Cells divided by commas and quoted by need (RFC 4180): {@code .csv}. */
    CSV,
    /** A JSON object a line, its fields being the columns: {@code .jsonl}. */
    JSONL;

    /** The format of a file of that name. */
    public static RowFormat of(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.(xz|gz)$", "");
        for (RowFormat format : new RowFormat[] {CSV, JSONL}) {
            if (name.endsWith(format.ending())) {
                return format;
            }
        }
        return TSV;
    }

    /** The ending of a file's name: {@code .csv}. */
    String ending() {
        return "." + name().toLowerCase(Locale.ROOT);
    }
}
