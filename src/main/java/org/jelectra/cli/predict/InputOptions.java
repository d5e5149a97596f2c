package org.jelectra.cli.predict;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.data.ManifestView;
import org.jelectra.cli.data.ReadingOptions;
import org.jelectra.text.corpus.InvalidUtf8;
import org.jelectra.text.corpus.MalformedUtf8Exception;
import org.jelectra.text.corpus.Replacements;
import org.jelectra.text.corpus.TextLines;
import org.jelectra.text.rows.CsvRecords;
import org.jelectra.text.rows.RowFormat;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model, and where the texts for it come from: the command line, files, or standard input. */
final class InputOptions {

    private static final String STANDARD_INPUT = "standard input";

    /** Takes one text or one line of JSON. */
    @FunctionalInterface
    interface LineConsumer {
        /**
         * @param json whether the line holds a JSON object
         * @param where file and line, for messages
         */
        void accept(String line, boolean json, String where) throws IOException;
    }

    /** Answers all that was handed over and waits. */
    @FunctionalInterface
    interface Answer {
        void give() throws IOException;
    }

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "Directory of a run, with discriminator/ and generator/, or of one model, with config.json:"
                    + " seed-N of finetune, or HuggingFace's.")
    private Path model;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "TEXT",
            description = "Texts; without any and without --file, each line of standard input is one.")
    private List<String> texts;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description =
                    "Read texts from a file, one a line; .jsonl, .ndjson, .json: JSON objects, one a line; .csv: columns with"
                            + " the names of their fields. May be repeated, and end in .gz or .xz.")
    private List<Path> files;

    @Option(names = "--jsonl", description = "Lines of standard input and of all files are JSON objects.")
    private boolean jsonLines;

    @Option(
            names = "--text-field",
            paramLabel = "NAME",
            description = "Field of JSON objects, or column of .csv, that holds the text. Default: text.")
    private String textField;

    @Option(names = "--invalid-utf8", paramLabel = "stop|replace", description = ReadingOptions.INVALID_UTF8)
    private InvalidUtf8 invalidUtf8 = InvalidUtf8.STOP;

    /** The lines that are read, or were read last; null before the first. */
    private TextLines current;

    /** What was replaced in those before. */
    private Replacements before = Replacements.NONE;

    /** Lines that were passed over, as there is nothing in them. */
    private long blankLines;

    Path model() {
        return model;
    }

    /** Whether the text's field has a name of its own. */
    boolean namesText() {
        return textField != null;
    }

    /** Where rows have their texts; {@code pair} is null where its field has no name of its own. */
    TextFields fields(String pair) {
        return new TextFields(textField == null ? TextFields.TEXT : textField, pair);
    }

    /** Says how many lines were passed over as blank, and how many of the rows had an empty text, where there were any. */
    void tellEmpty(Console console, long empty, long rows) {
        if (blankLines > 0) {
            console.err()
                    .printf(
                            Locale.ROOT,
                            "jelectra: %,d blank %s passed over, as if not there%n",
                            blankLines,
                            blankLines == 1 ? "line was" : "lines were");
        }
        if (empty > 0) {
            console.err().printf(Locale.ROOT, "jelectra: %,d of %,d rows have an empty text%n", empty, rows);
        }
    }

    /** Says how many of the rows were longer than the model reads, where there were any. */
    static void tellTruncated(Console console, long truncated, long rows, int maxLength) {
        if (truncated > 0) {
            console.err()
                    .printf(
                            Locale.ROOT,
                            "jelectra: %,d of %,d rows were cut at %d tokens, the longest the model reads%n",
                            truncated,
                            rows,
                            maxLength);
        }
    }

    /** Whether texts come from standard input. */
    boolean isStandardInput() {
        return texts == null && files == null;
    }

    /**
     * Hands over all texts of the command line, and all lines that are not blank; says what was replaced. Throws IOException
     * where there is none, one is malformed, and where what was printed of the last one cannot be written.
     *
     * @param answer is asked for where who writes standard input may wait for it, and at the end
     */
    void forEach(Console console, LineConsumer each, Answer answer) throws IOException {
        try {
            readAll(console, each, answer);
        } catch (MalformedUtf8Exception e) {
            throw e.isLikeUtf16()
                    ? e
                    : new IOException(e.getMessage() + "; --invalid-utf8 replace reads U+FFFD for such bytes", e);
        } finally {
            if (replaced().count() > 0) {
                console.err().println("jelectra: replaced in the text: " + ManifestView.text(replaced()));
            }
        }
    }

    private Replacements replaced() {
        return current == null ? before : before.plus(current.replaced());
    }

    private TextLines begin(TextLines lines) {
        before = replaced();
        current = lines;
        return lines;
    }

    private void readAll(Console console, LineConsumer each, Answer answer) throws IOException {
        LineConsumer consumer = (line, json, where) -> {
            console.requireOutput();
            if (namesText() && !json) {
                throw new IOException(
                        where + ": expected a JSON object or a row of a .csv file, in which --text-field names"
                                + " the text, found a line of text");
            }
            each.accept(line, json, where);
        };
        int count = 0;
        if (texts != null) {
            for (int i = 0; i < texts.size(); i++) {
                consumer.accept(texts.get(i), false, "text " + (i + 1));
                count++;
            }
        }
        if (files != null) {
            for (Path file : files) {
                try (TextLines lines = begin(TextLines.open(file, invalidUtf8))) {
                    RowFormat format = jsonLines ? RowFormat.JSONL : RowFormat.of(file);
                    count += format == RowFormat.CSV
                            ? forEachRow(new CsvRecords(file, lines), file, consumer)
                            : forEach(lines, file.toString(), format == RowFormat.JSONL, consumer, () -> {});
                }
            }
        }
        if (isStandardInput()) {
            // not closed: it is not ours
            TextLines lines = begin(TextLines.of(console.in(), STANDARD_INPUT, invalidUtf8));
            count += forEach(lines, STANDARD_INPUT, jsonLines, consumer, () -> {
                if (lines.wouldWait()) {
                    answer.give();
                }
            });
        }
        if (count == 0) {
            throw new IOException("no text: give it after MODEL, in a --file, or on standard input, one text a line");
        }
        answer.give();
    }

    /** A row is handed over as an object with a field for each column; an empty cell is an empty text, as it is in training. */
    private static int forEachRow(CsvRecords records, Path file, LineConsumer consumer) throws IOException {
        int count = 0;
        List<String> names = records.next();
        for (List<String> row = records.next(); row != null; row = records.next()) {
            JsonObject object = new JsonObject();
            for (int i = 0; i < row.size(); i++) {
                object.addProperty(names.get(i), row.get(i));
            }
            consumer.accept(object.toString(), true, file + ":" + records.line());
            count++;
        }
        return count;
    }

    private int forEach(TextLines lines, String name, boolean json, LineConsumer consumer, Answer afterLine)
            throws IOException {
        int count = 0;
        for (String line = lines.next(); line != null; line = lines.next()) {
            if (!json && lines.lineNumber() == 1) {
                ColumnNames.requireNone(name, line);
            }
            if (!line.isBlank()) {
                consumer.accept(line, json, name + ":" + lines.lineNumber());
                count++;
            } else {
                blankLines++;
            }
            afterLine.give();
        }
        return count;
    }
}
