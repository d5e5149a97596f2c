package org.jelectra.cli.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.text.corpus.BlankLines;
import org.jelectra.text.corpus.Corpus;
import picocli.CommandLine.Option;

/** How files of text are read, where it matters which document a line belongs to. */
public final class DocumentOptions extends ReadingOptions {

    @Option(
            names = "--blank-lines",
            paramLabel = "documents|paragraphs",
            description =
                    "What blank lines of plain text separate: documents (default); or paragraphs, so that each file is one"
                            + " document.")
    private BlankLines blankLines;

    /** Whether it was asked for another meaning of blank lines than this one. */
    public boolean contradicts(BlankLines other) {
        return blankLines != null && blankLines != other;
    }

    @Override
    public Corpus open(List<Path> data) throws IOException {
        return super.open(data).with(blankLines == null ? BlankLines.DOCUMENTS : blankLines);
    }
}
