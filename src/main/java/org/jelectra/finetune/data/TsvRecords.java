package org.jelectra.finetune.data;

import java.io.IOException;
import java.util.List;
import org.jelectra.text.corpus.Records;
import org.jelectra.text.corpus.TextLines;

/** Lines of cells divided by tabs without quoting, as GLUE has them: a quotation mark is an ordinary character. */
final class TsvRecords implements Records {

    private final TextLines lines;

    TsvRecords(TextLines lines) {
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
