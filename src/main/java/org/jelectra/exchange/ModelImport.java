package org.jelectra.exchange;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.text.Vocabulary;

/**
 * Makes of HuggingFace's directories a model in the layout of this library: {@code discriminator/} and {@code generator/} for
 * pre-trained networks, the files themselves for a model of a task or an encoder alone; all weights in float32.
 */
public final class ModelImport {

    private ModelImport() {}

    /**
     * Imports one or two directories. Each holds the files of one model; one may also hold folders {@code discriminator} and
     * {@code generator} with them.
     *
     * @param output a folder that does not exist yet, or is empty
     * @throws IOException if a directory holds no model, or one that cannot be represented, or two do not belong together; nothing is
     *     written then
     */
    public static List<ModelReport> run(List<Path> directories, Path output) throws IOException {
        List<ModelSource> sources = new ArrayList<>();
        try {
            for (Path folder : folders(directories)) {
                sources.add(ModelSource.open(folder));
            }
            requireFitting(sources);
            return OutputFolder.write(output, folder -> {
                List<ModelReport> reports = new ArrayList<>();
                for (ModelSource source : sources) {
                    String network = source.architecture().network();
                    source.write(network == null ? folder : folder.resolve(network));
                    reports.add(ModelReport.of(source, network == null ? output : output.resolve(network), 0));
                }
                return reports;
            });
        } finally {
            for (ModelSource source : sources) {
                source.close();
            }
        }
    }

    private static List<Path> folders(List<Path> directories) throws IOException {
        List<Path> folders = new ArrayList<>();
        for (Path directory : directories) {
            if (!Files.isDirectory(directory)) {
                throw new IOException(directory + ": expected the directory of a model, found "
                        + (Files.exists(directory) ? "a file" : "nothing"));
            }
            List<Path> networks = List.of(ElectraModel.DISCRIMINATOR, ElectraModel.GENERATOR).stream()
                    .map(directory::resolve)
                    .filter(folder -> Files.isRegularFile(folder.resolve(ModelFiles.CONFIG)))
                    .toList();
            folders.addAll(networks.isEmpty() ? List.of(directory) : networks);
        }
        return folders;
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
