package org.jelectra.electra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is at a path where a model was expected: as an error that tells what to name instead. */
public final class MissingModel {

    private static final Pattern SNAPSHOT = Pattern.compile("step-\\d{9}\\.snapshot");
    private static final String SNAPSHOT_OF_FINE_TUNING = "run.snapshot";
    private static final String GO_ON = "let pretrain --resume with this directory come to its end, or to Ctrl-C";

    private MissingModel() {}

    /**
     * The error for a directory that holds no model.
     *
     * @param expected the files of a model, for the message
     * @param lacking what to say was found in a directory that tells no more
     */
    public static IOException at(Path directory, String expected, String lacking) throws IOException {
        return new IOException(
                directory + ": expected a model, that is " + expected + "; found " + found(directory, lacking));
    }

    private static String found(Path directory, String lacking) throws IOException {
        if (!Files.exists(directory)) {
            return "nothing";
        }
        if (!Files.isDirectory(directory)) {
            return file(directory.toAbsolutePath().getFileName().toString());
        }
        if (holdsSnapshot(directory)) {
            return "snapshots, of which 'jelectra export' makes models, one of each";
        }
        Path snapshots = directory.resolve("snapshots");
        if (holdsSnapshot(snapshots)) {
            return "a run without one yet; use 'jelectra export' of a snapshot in " + snapshots + ", or " + GO_ON;
        }
        if (Files.isRegularFile(directory.resolve("settings.json"))) {
            return "a run without one yet, nor a snapshot; " + GO_ON;
        }
        List<Path> folders;
        try (Stream<Path> files = Files.list(directory)) {
            folders = files.filter(Files::isDirectory).sorted().toList();
        }
        Optional<Path> cached = cached(snapshots);
        if (cached.isPresent()) {
            return "a folder of HuggingFace's cache; name a model in it, as " + cached.get();
        }
        Optional<Path> model = folders.stream().filter(MissingModel::holdsModel).findFirst();
        boolean tuned = folders.stream()
                .anyMatch(folder -> folder.getFileName().toString().startsWith("seed-"));
        if (model.isPresent()) {
            return (tuned ? "those of a fine-tuning's seeds" : "models in folders of it") + "; choose one, as "
                    + model.get();
        }
        return tuned
                ? "a fine-tuning of which no seed has ended; the same finetune command with --resume goes on"
                : lacking;
    }

    /** The model in a folder {@code snapshots} of the Hub's cache, which names them by hashes. */
    private static Optional<Path> cached(Path snapshots) throws IOException {
        if (!Files.isDirectory(snapshots)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(snapshots)) {
            return folders.filter(MissingModel::holdsModel).sorted().findFirst();
        }
    }

    private static boolean holdsSnapshot(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(
                    file -> SNAPSHOT.matcher(file.getFileName().toString()).matches());
        }
    }

    private static String file(String name) {
        if (name.equals(SNAPSHOT_OF_FINE_TUNING)) {
            return "a snapshot of fine-tuning; the same finetune command with --resume goes on with it to a model";
        }
        return SNAPSHOT.matcher(name).matches() ? "a snapshot, of which 'jelectra export' makes a model" : "a file";
    }

    private static boolean holdsModel(Path folder) {
        return Stream.of("", ElectraModel.DISCRIMINATOR, ElectraModel.GENERATOR)
                .anyMatch(network -> Files.isRegularFile(folder.resolve(network).resolve(ModelFiles.CONFIG)));
    }
}
