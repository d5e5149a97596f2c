package org.jelectra.electra.heads;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.MaskedTokenHead;
import org.jelectra.electra.MissingModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.WeightFile;

/** Reads trained weights into an {@link EncoderWithHead}. */
public final class EncoderFiles {

    private static final String PREFIX = EncoderWithHead.ENCODER + ".";

    /**
     * What was found in a file.
     *
     * @param file the weights
     * @param loaded tensors that were taken
     * @param initialized parameters that keep their new random values: the head, where it is not the file's
     * @param unused tensors of the file that the model has no place for, such as another head's
     */
    public record Report(Path file, List<String> loaded, List<String> initialized, List<String> unused) {}

    private EncoderFiles() {}

    /**
     * The folder that holds the encoder to build on: {@code discriminator/} of a run, the directory itself where it has a
     * {@code config.json}, or {@code generator/} of a run by masked-language modelling.
     *
     * @throws IOException if there is none
     */
    public static Path find(Path directory) throws IOException {
        for (Path folder : List.of(
                directory.resolve(ElectraModel.DISCRIMINATOR), directory, directory.resolve(ElectraModel.GENERATOR))) {
            if (Files.isRegularFile(folder.resolve(ModelFiles.CONFIG))) {
                ModelFiles.requireWeights(folder);
                return folder;
            }
        }
        throw MissingModel.at(
                directory,
                "a run's directory with discriminator/, or " + ModelFiles.CONFIG + " and " + ModelFiles.WEIGHTS,
                "neither");
    }

    /**
     * Loads the encoder and leaves the head as it is.
     *
     * @throws IOException if a tensor of the encoder is missing or has another shape, or the file is malformed
     */
    public static Report loadEncoder(EncoderWithHead<?> model, Path folder) throws IOException {
        Report report = load(model, folder, true);
        List<String> missing = report.initialized().stream()
                .filter(name -> name.startsWith(PREFIX))
                .toList();
        if (!missing.isEmpty()) {
            boolean bare = report.unused().contains(missing.get(0).substring(PREFIX.length()));
            throw new IOException(report.file() + ": tensors of the encoder are missing: " + WeightFile.shown(missing)
                    + (bare ? "; they are there without \"" + PREFIX + "\", which jelectra import adds" : ""));
        }
        return report;
    }

    /**
     * Loads encoder and head.
     *
     * @throws IOException if any tensor is missing, left over or of another shape, or the file is malformed
     */
    public static Report loadAll(EncoderWithHead<?> model, Path folder) throws IOException {
        Report report = load(model, folder, false);
        if (!report.initialized().isEmpty() || !report.unused().isEmpty()) {
            throw new IOException(report.file() + ": not a model of this kind; missing tensors "
                    + WeightFile.shown(report.initialized()) + ", unexpected tensors "
                    + WeightFile.shown(report.unused()));
        }
        return report;
    }

    private static Report load(EncoderWithHead<?> model, Path folder, boolean encoderOnly) throws IOException {
        List<String> loaded = new ArrayList<>();
        List<String> initialized = new ArrayList<>();
        try (WeightFile file = WeightFile.open(folder)) {
            for (Parameter parameter : model.parameters().parameters()) {
                String name = parameter.name();
                if (file.contains(name) && (!encoderOnly || name.startsWith(PREFIX))) {
                    file.upload(name, model.backend(), parameter.value());
                    loaded.add(name);
                } else {
                    initialized.add(name);
                }
            }
            List<String> unused = new ArrayList<>(file.names());
            unused.removeAll(loaded);
            if (loaded.contains(MaskedTokenHead.BIAS)) {
                unused.remove(ModelFiles.OUTPUT_WORDS); // the word table, as was found when the file was opened
            }
            return new Report(folder.resolve(ModelFiles.WEIGHTS), loaded, initialized, unused);
        }
    }
}
