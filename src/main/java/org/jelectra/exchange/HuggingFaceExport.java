package org.jelectra.exchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.io.AtomicFile;

/**
 * Writes a model as a directory that HuggingFace's libraries load by themselves: {@code config.json}, {@code model.safetensors},
 * {@code vocab.txt}, {@code tokenizer_config.json}, {@code special_tokens_map.json} and {@code tokenizer.json}, and {@code
 * pretraining.json} where the model has it. It is read again before it takes its place, and must compute what the original does, bit for
 * bit.
 */
public final class HuggingFaceExport {

    private HuggingFaceExport() {}

    /**
     * Exports a network of a run, or a fine-tuned model.
     *
     * @param model a run's directory, or a folder with {@code config.json}
     * @param network {@code discriminator} or {@code generator}; null for the only one or else the discriminator
     * @param output a folder that does not exist yet, or is empty
     * @param backend opens what computes the logits that are compared
     * @throws IOException if there is no such model, it is malformed, or the exported one computes anything else; nothing is written
     *     then
     */
    public static ModelReport run(Path model, String network, Path output, Supplier<Backend> backend)
            throws IOException {
        try (ModelSource source = ModelSource.open(folder(model, network))) {
            boolean named = source.folder().equals(model);
            if (network != null
                    && named
                    && !network.equals(source.architecture().network())) {
                throw new IOException(source.folder() + ": expected a " + network + ", found " + source.architecture());
            }
            source.weights().requireOneWordTable();
            return OutputFolder.write(output, folder -> {
                source.write(folder);
                new FastTokenizerWriter(source.tokenizer()).write(folder);
                return ModelReport.of(source, output, check(source, folder, output, backend));
            });
        }
    }

    /** Throws IOException where {@link #run} could not write this output; creates nothing. */
    public static void requireWritable(Path output) throws IOException {
        OutputFolder.requireFree(output);
        if (!Files.isDirectory(output)) {
            AtomicFile.requireWritable(output);
        }
    }

    private static Path folder(Path model, String network) throws IOException {
        if (network != null && Files.isRegularFile(model.resolve(network).resolve(ModelFiles.CONFIG))) {
            return model.resolve(network);
        }
        if (network != null && !Files.isRegularFile(model.resolve(ModelFiles.CONFIG))) {
            EncoderFiles.find(model); // says what is there, where it is no model at all
            throw new IOException(model + ": expected a model with a folder " + network + "/, found none");
        }
        return network == null ? EncoderFiles.find(model) : model;
    }

    private static int check(ModelSource source, Path written, Path output, Supplier<Backend> backend)
            throws IOException {
        float[] expected = LogitsCheck.logits(backend, source);
        try (ModelSource exported = ModelSource.open(written)) {
            if (!exported.tokenizer()
                            .vocabulary()
                            .sha256()
                            .equals(source.tokenizer().vocabulary().sha256())
                    || !exported.tokenizer().options().equals(source.tokenizer().options())
                    || !exported.labels().equals(source.labels())) {
                throw new IOException(output + ": the self-check failed: vocabulary, casing or labels differ from the"
                        + " original's; nothing was written");
            }
            LogitsCheck.requireEqual(expected, LogitsCheck.logits(backend, exported), output.toString());
        }
        return expected.length;
    }
}
