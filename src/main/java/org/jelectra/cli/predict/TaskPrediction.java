package org.jelectra.cli.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.StandardOutput;
import org.jelectra.cli.console.Terminal;
import org.jelectra.cli.console.TokenView;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.inference.ContextReader;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.MaskFiller;
import org.jelectra.inference.ModelKind;
import org.jelectra.inference.ReplacedTokenDetector;
import org.jelectra.inference.TextClassifier;
import org.jelectra.inference.TextRegressor;
import org.jelectra.inference.WordTagger;
import picocli.CommandLine.Option;

/** What {@code jelectra predict} does with a fine-tuned model, with one that guesses masked tokens, and with a discriminator alone. */
final class TaskPrediction {

    /** Rows that are held at once; many batches, so that texts of similar length meet. */
    private static final int ROWS = 1024;

    @Option(names = "--question", paramLabel = "TEXT", description = "Ask this question about every text.")
    private String question;

    @Option(names = "--context", paramLabel = "TEXT", description = "The text that --question is about.")
    private String context;

    @Option(
            names = "--text-pair-field",
            paramLabel = "NAME",
            description = "Field or column that holds the other text of a pair. Default: text_pair, if it is there.")
    private String textPairField;

    @Option(names = "--words", description = "Tagging: the texts are divided into words by white space already.")
    private boolean words;

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "Generators: how many tokens are shown for each [MASK]. Default: 5.")
    private Integer top;

    @Option(
            names = "--threshold",
            paramLabel = "P",
            description = "Any number of labels a text: those are given whose probability is above it. Default: 0.5.")
    private Double threshold;

    @Option(names = "--json", description = "Print a JSON object for each text.")
    private boolean json;

    @Option(
            names = "--tsv",
            description = "Print a tab-separated table; of tags a word a line, with --as-is a token a line.")
    private boolean tsv;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Texts that are computed at once, at most. Default: ${DEFAULT-VALUE}.",
            defaultValue = "32")
    private int batch = InferenceOptions.BATCH;

    /**
     * Whether a directory holds a network that guesses masked tokens, and no discriminator beside it that would judge its guesses.
     * Throws IOException where it holds no model.
     */
    static boolean fillsMasks(Path directory) throws IOException {
        return Files.exists(directory)
                && !Files.isDirectory(directory.resolve(ElectraModel.DISCRIMINATOR))
                && ModelKind.of(directory) == ModelKind.GENERATOR;
    }

    /** Throws IllegalArgumentException for options that do not fit. */
    void run(InputOptions input, BackendOptions backend, Console console) throws IOException {
        PredictionOutput.Format format = format();
        if (context != null && (question == null || !input.isStandardInput())) {
            throw new IllegalArgumentException("--context needs --question and no other text");
        }
        try (RowModel model = load(input, new InferenceOptions(backend::open, batch), console.terminal())) {
            PredictionOutput output = new PredictionOutput(format, model.columns(), console.out());
            if (context != null) {
                predict(model, List.of(InputRow.of(question, context)), output);
                return;
            }
            predict(model, input, output, console);
        }
    }

    /** The discriminator's probabilities for texts as they are; it needs no generator. Throws IllegalArgumentException as {@link #run}. */
    void judge(InputOptions input, BackendOptions backend, Console console) throws IOException {
        PredictionOutput.Format format = format();
        TokenView view = new TokenView(console.terminal());
        InferenceOptions options = new InferenceOptions(backend::open, batch);
        try (RowModel model = new DetectorRows(ReplacedTokenDetector.load(input.model(), options), view)) {
            if (format == PredictionOutput.Format.READABLE) {
                console.out().print(view.legend());
            }
            predict(model, input, new PredictionOutput(format, model.columns(), console.out()), console);
        }
    }

    private PredictionOutput.Format format() {
        if (json && tsv) {
            throw new IllegalArgumentException("--json and --tsv exclude each other");
        }
        return json
                ? PredictionOutput.Format.JSON
                : tsv ? PredictionOutput.Format.TSV : PredictionOutput.Format.READABLE;
    }

    private void predict(RowModel model, InputOptions input, PredictionOutput output, Console console)
            throws IOException {
        HeldTexts held = new HeldTexts(ROWS);
        List<InputRow> waiting = new ArrayList<>();
        TextFields fields = input.fields(textPairField);
        int trained = model instanceof PairRows ? TaskModelFiles.texts(input.model()) : 0;
        // rows, those with an empty text, and those of another number of texts than was trained on
        long[] counts = new long[3];
        InputOptions.Answer answer = () -> {
            predict(model, waiting, output);
            waiting.clear();
            held.clear();
        };
        InputOptions.LineConsumer each = (line, isJson, where) -> {
            InputRow row = isJson ? model.json(new JsonRow(line, where, fields)) : model.plain(line, where);
            waiting.add(row);
            counts[0]++;
            counts[1] += row.hasEmptyText() ? 1 : 0;
            counts[2] += trained > 0 && (row.second() == null) == (trained == 2) ? 1 : 0;
            if (held.add(line)) {
                answer.give();
            }
        };
        try {
            input.forEach(console, each, answer);
        } catch (StandardOutput.LostException e) {
            throw e;
        } catch (IOException e) {
            giveBefore(e, answer);
            if (counts[0] > 0) {
                tell(console, input, model, counts, trained == 2);
            }
            throw e;
        }
        tell(console, input, model, counts, trained == 2);
    }

    /** The rows before a malformed one that are still held. */
    private static void giveBefore(IOException malformed, InputOptions.Answer answer) throws IOException {
        try {
            answer.give();
        } catch (RuntimeException e) {
            malformed.addSuppressed(e);
        }
    }

    private static void tell(Console console, InputOptions input, RowModel model, long[] counts, boolean pairs) {
        input.tellEmpty(console, counts[1], counts[0]);
        if (model instanceof PairRows<?> rows) {
            InputOptions.tellTruncated(console, rows.truncated(), counts[0], rows.maxLength());
        }
        tellOther(console, pairs, counts[2], counts[0]);
    }

    private static void tellOther(Console console, boolean pairs, long other, long rows) {
        if (other > 0) {
            console.err()
                    .printf(
                            Locale.ROOT,
                            "jelectra: warning: %,d of %,d rows have %s%n",
                            other,
                            rows,
                            pairs
                                    ? "one text, but the model was trained on pairs: a tab divides two texts, and"
                                            + " --text-pair-field names the field of the other one"
                                    : "two texts, but the model was trained on single ones: a tab divides two texts, and"
                                            + " the field text_pair has another one");
        }
    }

    private static void predict(RowModel model, List<InputRow> rows, PredictionOutput output) {
        List<RowPrediction> predictions = model.predict(rows);
        for (int i = 0; i < rows.size(); i++) {
            output.print(rows.get(i), predictions.get(i));
        }
    }

    private RowModel load(InputOptions input, InferenceOptions options, Terminal terminal) throws IOException {
        Path directory = input.model();
        ModelKind kind = ModelKind.of(directory);
        if (input.namesText() && kind == ModelKind.QUESTION_ANSWERING) {
            throw new IllegalArgumentException("--text-field names the field of a text; rows for " + kind
                    + " have the fields question and context");
        }
        boolean pairs =
                kind == ModelKind.CLASSIFICATION || kind == ModelKind.MULTILABEL || kind == ModelKind.REGRESSION;
        if (textPairField != null && !pairs) {
            throw new IllegalArgumentException(
                    "--text-pair-field needs a model for " + ModelKind.CLASSIFICATION + ", found " + kind);
        }
        if (question != null && kind != ModelKind.QUESTION_ANSWERING) {
            throw new IllegalArgumentException(
                    "--question needs a model for " + ModelKind.QUESTION_ANSWERING + ", found " + kind);
        }
        if (words && kind != ModelKind.TAGGING) {
            throw new IllegalArgumentException("--words needs a model for " + ModelKind.TAGGING + ", found " + kind);
        }
        if (top != null && kind != ModelKind.GENERATOR) {
            throw new IllegalArgumentException("--top needs " + ModelKind.GENERATOR + ", found " + kind);
        }
        if (threshold != null && kind != ModelKind.MULTILABEL) {
            throw new IllegalArgumentException(
                    "--threshold needs a model for " + ModelKind.MULTILABEL + ", found " + kind);
        }
        if (threshold != null && !(threshold >= 0 && threshold < 1)) {
            throw new IllegalArgumentException("--threshold must be from 0 to below 1, got " + threshold);
        }
        return switch (kind) {
            case CLASSIFICATION, MULTILABEL -> new ClassifierRows(TextClassifier.load(directory, options), threshold);
            case REGRESSION -> new RegressorRows(TextRegressor.load(directory, options));
            case TAGGING -> new TaggerRows(WordTagger.load(directory, options), words, terminal.columns());
            case QUESTION_ANSWERING -> new ReaderRows(ContextReader.load(directory, options), question);
            case GENERATOR -> masks(MaskFiller.load(directory, options));
            case DISCRIMINATOR, ENCODER ->
                throw new IllegalStateException(directory + ": expected a fine-tuned model, found " + kind);
        };
    }

    private MaskRows masks(MaskFiller filler) {
        try {
            return new MaskRows(filler, top);
        } catch (IllegalArgumentException e) {
            filler.close();
            throw e;
        }
    }
}
