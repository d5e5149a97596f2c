package org.jelectra.text.corpus;

import java.io.IOException;
import java.io.InputStream;

/** Plain text: lines are paragraphs, and blank lines end documents where they are not passed over. */
final class PlainText implements TextSource {

    private final Utf8LineReader lines;
    private final BlankLines blankLines;
    private String line;

    PlainText(InputStream in, String name, BlankLines blankLines, CorpusPosition start, MalformedBytes malformed) {
        this.blankLines = blankLines;
        lines = new Utf8LineReader(in, name, DocumentReader.MAX_CHARACTERS, start, malformed);
    }

    @Override
    public Event next() throws IOException {
        while (true) {
            // what comes before in a line that goes on here was not blank, so that a blank rest ends no document
            boolean rest = lines.withinLine();
            do {
                line = lines.next();
                if (line == null) {
                    return Event.END;
                }
                if (!BlankLines.isBlank(line)) {
                    return Event.LINE;
                }
            } while (lines.withinLine());
            if (!rest && blankLines == BlankLines.DOCUMENTS) {
                return Event.DOCUMENT_END;
            }
        }
    }

    @Override
    public String line() {
        return line;
    }

    @Override
    public long offset() {
        return lines.offset();
    }

    @Override
    public CorpusPosition position() {
        return new CorpusPosition(0, lines.offset(), lines.lineNumber(), lines.withinLine(), 0, false);
    }
}
