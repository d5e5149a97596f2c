package org.jelectra.exchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.MissingModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.io.tensorflow.CheckpointPrefix;
import org.jelectra.text.Vocabulary;

/**
 * Makes of HuggingFace's directories, or of a checkpoint of ELECTRA's original code, a model in the layout of this library:
 * {@code discriminator/} and {@code generator/} for pre-trained networks, the files themselves for a model of a task or an encoder
 * alone; all weights in float32. {@code pretraining.json} goes with a network that has it.
 */
public final class ModelImport {

    private ModelImport() {}

    /** As {@link #run(List, HeadCounts, Path)}, where heads are by the hidden sizes. */
    public static List<ModelReport> run(List<Path> sources, Path output) throws IOException {
        return run(sources, HeadCounts.BY_SIZE, output);
    }

    /**
     * Imports one or two directories, or a checkpoint. A directory holds the files of one model, or folders {@code discriminator} and
     * {@code generator} with them. A checkpoint of TensorFlow holds all networks; it is the folder, the prefix of its files or any of
     * these.
     *
     * @param heads for a checkpoint of TensorFlow; directories say it themselves
     * @param output a folder that does not exist yet, or is empty
     * @throws IOException if a source holds no model, or one that cannot be represented, or two do not belong together; nothing is
     *     written then
     */
    public static List<ModelReport> run(List<Path> sources, HeadCounts heads, Path output) throws IOException {
        List<ModelSource> opened = new ArrayList<>();
        try {
            for (Path source : sources) {
                open(source, heads, opened);
            }
            requireFitting(opened);
            return OutputFolder.write(output, folder -> {
                List<ModelReport> reports = new ArrayList<>();
                for (ModelSource source : opened) {
                    String network = source.architecture().network();
                    source.write(network == null ? folder : folder.resolve(network));
                    reports.add(ModelReport.of(source, network == null ? output : output.resolve(network), 0));
                }
                return reports;
            });
        } finally {
            for (ModelSource source : opened) {
                source.close();
            }
        }
    }

    private static void open(Path source, HeadCounts heads, List<ModelSource> opened) throws IOException {
        List<Path> networks = networks(source);
        if (networks.isEmpty() && !WeightsFormat.isIn(source) && CheckpointPrefix.isAt(source)) {
            opened.addAll(OriginalCheckpoint.open(source, heads));
            return;
        }
        if (!Files.isDirectory(source)) {
            throw MissingModel.at(source, "its directory, or a checkpoint of TensorFlow", "a file");
        }
        if (!heads.equals(HeadCounts.BY_SIZE)) {
            throw new IOException(source + ": expected no number of heads, which is for checkpoints of TensorFlow; "
                    + ModelFiles.CONFIG + " says it here");
        }
        for (Path folder : networks.isEmpty() ? List.of(source) : networks) {
            opened.add(ModelSource.open(folder));
        }
    }

    private static List<Path> networks(Path directory) {
        return List.of(ElectraModel.DISCRIMINATOR, ElectraModel.GENERATOR).stream()
                .map(directory::resolve)
                .filter(folder -> Files.isRegularFile(folder.resolve(ModelFiles.CONFIG)))
                .toList();
    }

    private static void requireFitting(List<ModelSource> sources) throws IOException {
        ModelSource first = sources.get(0);
        if (sources.size() > 1 && first.architecture().network() == null) {
            throw new IOException(
                    first.folder() + ": expected a discriminator beside the generator, found " + first.architecture());
        }
        for (ModelSource source : sources.subList(1, sources.size())) {
            for (ModelSource other : sources.subList(0, sources.indexOf(source))) {
                if (source.architecture().network() == null || source.architecture() == other.architecture()) {
                    throw new IOException("expected a discriminator and a generator, found " + other.architecture()
                            + " in " + other.folder() + " and " + source.architecture() + " in " + source.folder());
                }
            }
            requireSame(first, source);
        }
    }

    private static void requireSame(ModelSource first, ModelSource second) throws IOException {
        Vocabulary one = first.tokenizer().vocabulary();
        Vocabulary two = second.tokenizer().vocabulary();
        if (!one.sha256().equals(two.sha256())) {
            throw new IOException("expected one vocabulary for both networks, found different ones in " + first.folder()
                    + " (" + one.size() + " tokens) and " + second.folder() + " (" + two.size() + ")");
        }
        if (!first.tokenizer().options().equals(second.tokenizer().options())) {
            throw new IOException("expected one casing for both networks, found different ones in " + first.folder()
                    + " and " + second.folder());
        }
    }
}
