package org.jelectra.text.rows;

import java.io.IOException;
import java.util.List;
import org.jelectra.text.corpus.TextLines;

/** Lines of cells divided by tabs without quoting, as GLUE has them: a quotation mark is an ordinary character. */
public final class TsvRecords implements Records {

    private final TextLines lines;

    /** @param lines of the file, from its first row on */
    public TsvRecords(TextLines lines) {
        this.lines = lines;
    }

    @Override
    public List<String> next() throws IOException {
        String line = lines.next();
        while (line != null && line.isEmpty()) {
            line = lines.next();
        }
        return line == null ? null : List.of(line.split("\t", -1));
    }

    @Override
    public long line() {
        return lines.lineNumber();
    }
}
