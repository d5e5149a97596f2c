package org.jelectra.cli.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.InvalidUtf8;
import picocli.CommandLine.Option;

/** How files of text are read. */
public class ReadingOptions {

    /** What {@code --invalid-utf8} of any command does. */
    public static final String INVALID_UTF8 =
            "What is done at bytes that are not UTF-8: stop (default), with an error; replace: they are read as U+FFFD, which"
                    + " tokenizers leave out, and counted.";

    @Option(
            names = "--text-field",
            paramLabel = "NAME",
            description = "Field of a JSON Lines object that holds the text. Default: text.")
    private String textField = Corpus.DEFAULT_TEXT_FIELD;

    @Option(names = "--invalid-utf8", paramLabel = "stop|replace", description = INVALID_UTF8)
    private InvalidUtf8 invalidUtf8;

    /** Whether it was asked what is done at bytes that are not UTF-8. */
    public boolean namesInvalidUtf8() {
        return invalidUtf8 != null;
    }

    /**
     * The text in these files and folders; the bundled sample for null.
     *
     * @throws IOException if a path is missing, holds no file, or is made by prepare, whose tokens are no text
     */
    public Corpus open(List<Path> data) throws IOException {
        Corpus corpus = data == null ? Corpus.sample() : Corpus.open(data, textField);
        return corpus.with(invalidUtf8 == null ? InvalidUtf8.STOP : invalidUtf8);
    }
}
