package org.jelectra.cli.predict;

import com.google.gson.JsonPrimitive;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.TextVectors;
import org.jelectra.inference.VectorEncoder;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.NpyWriter;
import org.jelectra.text.corpus.BlankLines;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code jelectra encode}: vectors of texts and tokens. */
@Command(
        name = "encode",
        sortOptions = false,
        description = {
            "Writes the vectors that a model's encoder gives texts or their tokens.",
            "JSON objects have the text in --text-field and may have an id."
        })
public final class EncodeCommand implements Callable<Integer> {

    @ParentCommand
    private Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "FILE.npy: float32 [texts, width]; of tokens [all tokens, width], and FILE-index.npy, int64"
                    + " [texts + 1], the first row of each text and the number of rows. FILE.jsonl: JSON objects."
                    + " Default: JSON objects on standard output.")
    private Path output;

    @Option(
            names = "--pooling",
            paramLabel = "NAME",
            description =
                    "mean (default): the mean of all tokens; cls: the first token; tokens: a vector for each token.")
    private VectorOutput.Pooling pooling = VectorOutput.Pooling.MEAN;

    @Option(names = "--layer", paramLabel = "N", description = "Output of layer N, from 1. Default: the last one.")
    private Integer layer;

    @Option(names = "--batch", paramLabel = "N", description = "Texts that are computed at once, at most. Default: 32.")
    private int batch = InferenceOptions.BATCH;

    @Mixin
    private BackendOptions backendOptions = new BackendOptions();

    private long texts;
    private long tokens;
    private long cut;
    private long empty;

    @Override
    public Integer call() throws IOException {
        String name = output == null ? ".jsonl" : output.getFileName().toString();
        if (!name.endsWith(".npy") && !name.endsWith(".jsonl")) {
            throw usage("--output must end in .npy or .jsonl, got " + output);
        }
        if (layer != null && layer < 1) {
            throw usage("--layer must be 1 or more, got " + layer);
        }
        try (VectorEncoder encoder = load()) {
            if (output == null) {
                write(encoder, new JsonVectors(pooling, console.out()));
            } else if (name.endsWith(".jsonl")) {
                AtomicFile.write(output, channel -> {
                    BufferedOutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel));
                    write(encoder, new JsonVectors(pooling, stream));
                    stream.flush();
                });
            } else if (pooling == VectorOutput.Pooling.TOKENS) {
                Path index = output.resolveSibling(name.replaceAll("\\.npy$", "-index.npy"));
                AtomicFile.write(
                        output,
                        channel -> AtomicFile.write(index, indexChannel -> {
                            NpyWriter rows = NpyWriter.longs(indexChannel);
                            write(encoder, new NpyVectors(pooling, NpyWriter.floats(channel, encoder.width()), rows));
                        }));
            } else {
                AtomicFile.write(output, channel -> {
                    NpyWriter vectors = NpyWriter.floats(channel, encoder.width());
                    write(encoder, new NpyVectors(pooling, vectors, null));
                });
            }
            report(encoder);
        }
        return 0;
    }

    private VectorEncoder load() throws IOException {
        try {
            InferenceOptions options = new InferenceOptions(backendOptions::open, batch);
            return VectorEncoder.load(input.model(), layer == null ? 0 : layer, options);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    private void write(VectorEncoder encoder, VectorOutput vectors) throws IOException {
        HeldTexts held = new HeldTexts(2 * batch);
        List<JsonPrimitive> ids = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        InputOptions.Answer answer = () -> {
            try {
                write(encoder, ids, waiting, vectors);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            held.clear();
        };
        InputOptions.LineConsumer each = (line, json, where) -> {
            JsonRow row = json ? new JsonRow(line, where, input.fields(null)) : null;
            String text = json ? row.text() : line;
            empty += BlankLines.isBlank(text) ? 1 : 0;
            ids.add(json ? row.id() : null);
            waiting.add(text);
            if (held.add(text)) {
                answer.give();
            }
        };
        try {
            input.forEach(console, each, answer);
        } catch (UncheckedIOException e) {
            // of the output, which AtomicFile names
            throw e.getCause();
        } catch (IOException e) {
            // of a text, and says of which: past AtomicFile, which would name the output
            if (output != null) {
                throw new UncheckedIOException(e);
            }
            throw e;
        }
        vectors.finish();
    }

    private void write(VectorEncoder encoder, List<JsonPrimitive> ids, List<String> waiting, VectorOutput vectors)
            throws IOException {
        List<TextVectors> encoded = encoder.encode(waiting);
        for (int i = 0; i < encoded.size(); i++) {
            vectors.write(ids.get(i), encoded.get(i));
            texts++;
            tokens += encoded.get(i).tokens().size();
            cut += encoded.get(i).truncated() ? 1 : 0;
        }
        ids.clear();
        waiting.clear();
    }

    private void report(VectorEncoder encoder) {
        if (output != null) {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "%s: %,d texts, %,d tokens, vectors of %d numbers%n",
                            output,
                            texts,
                            tokens,
                            encoder.width());
        }
        input.tellEmpty(console, empty, texts);
        InputOptions.tellTruncated(console, cut, texts, encoder.maxLength());
    }
}
