package org.jelectra.cli.exchange;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.OutputPath;
import org.jelectra.pretrain.Snapshot;

/** The networks of a snapshot in a folder that looks like a finished run, beside the output and only until this is closed. */
final class SnapshotModel implements AutoCloseable {

    private final Path folder;

    private SnapshotModel(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads a snapshot of {@code pretrain} and writes its networks.
     *
     * @param file a snapshot in the folder {@code snapshots} of a run, in whose directory the vocabulary is
     * @param output what shall be made of it
     * @throws IOException if the snapshot is damaged, the vocabulary is missing, or there is no place to write
     */
    static SnapshotModel of(Path file, Path output, Supplier<Backend> backends) throws IOException {
        Path run = file.toAbsolutePath().resolve("../..").normalize();
        Path target = output.toAbsolutePath().normalize();
        Path parent = OutputPath.createFolder(target.getParent() == null ? target : target.getParent());
        Path folder =
                parent.resolve("." + target.getFileName() + "." + UUID.randomUUID() + AtomicFile.TEMPORARY_SUFFIX);
        try (Snapshot snapshot = Snapshot.open(file);
                Backend backend = backends.get()) {
            int positions = snapshot.settings().model().generator().maxPositions();
            TokenizerFiles tokenizer = TokenizerFiles.load(run, positions);
            ElectraModel model = snapshot.model(backend);
            try {
                Files.createDirectory(folder);
            } catch (FileSystemException e) {
                throw AtomicFile.failure(output, e);
            }
            SnapshotModel written = new SnapshotModel(folder);
            try {
                for (Path network : ModelFiles.save(model, folder)) {
                    tokenizer.save(network);
                }
            } catch (IOException e) {
                written.close();
                throw e;
            }
            return written;
        }
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        List<Path> paths;
        try (Stream<Path> files = Files.walk(folder)) {
            paths = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
