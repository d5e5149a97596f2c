package org.jelectra.cli.exchange;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.io.TemporaryFolder;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.pretrain.Snapshot;

/** The networks of a snapshot in a folder that looks like a finished run. */
final class SnapshotModel {

    private SnapshotModel() {}

    /**
     * Reads a snapshot of {@code pretrain} and writes its networks.
     *
     * @param file a snapshot in the folder {@code snapshots} of a run, in whose directory the vocabulary is
     * @param output what shall be made of it; nothing is created beside it before the snapshot is read
     * @return the folder, which the caller closes
     * @throws IOException if the snapshot is damaged, the vocabulary is missing or not the model's, or the folder cannot be written
     */
    static TemporaryFolder write(Path file, Path output, Supplier<Backend> backends) throws IOException {
        Path run = file.toAbsolutePath().resolve("../..").normalize();
        try (Snapshot snapshot = Snapshot.open(file);
                Backend backend = backends.get()) {
            TokenizerFiles tokenizer =
                    TokenizerFiles.load(run, snapshot.settings().model().generator());
            ElectraModel model = snapshot.model(backend);
            Optional<RunSoFar> history = RunSoFar.upTo(snapshot, run);
            TemporaryFolder folder = TemporaryFolder.beside(output);
            try {
                for (Path network :
                        ModelFiles.save(model, tokenizer.vocabulary().padId(), folder.path())) {
                    tokenizer.save(network);
                    if (history.isPresent()) {
                        history.get().write(network);
                    }
                }
            } catch (IOException | RuntimeException e) {
                folder.close();
                throw e;
            }
            return folder;
        }
    }
}
