package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.console.ShellWord;
import org.jelectra.electra.ElectraModel;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.pretrain.SnapshotFolder;

/** Whether the run in a directory can go on, as far as its files tell before any text is read. */
final class ResumableRun {

    private final Path directory;

    private ResumableRun(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes sure that a run can go on.
     *
     * @throws IOException if its snapshots have been deleted, or it would diverge as it did
     */
    static void require(Path directory) throws IOException {
        ResumableRun run = new ResumableRun(directory);
        run.requireSnapshots();
        run.requireNoDivergence();
    }

    /**
     * A run that was killed before its first snapshot has none, and begins anew. But it makes the folder of its snapshots before it
     * logs, and saves models only after a snapshot: where metrics are without the folder, or models without a snapshot, somebody
     * has deleted them.
     */
    private void requireSnapshots() throws IOException {
        SnapshotFolder snapshots = new SnapshotFolder(directory);
        boolean savedModels = Files.exists(directory.resolve(ElectraModel.DISCRIMINATOR))
                || Files.exists(directory.resolve(ElectraModel.GENERATOR));
        boolean hasLogged = Files.exists(directory.resolve(MetricsLog.FILE_NAME));
        if (snapshots.hasAny() || !savedModels && (snapshots.exists() || !hasLogged)) {
            return;
        }
        throw new IOException(directory + ": expected the run's snapshots in " + SnapshotFolder.NAME
                + ", from which it goes on, found none although it has "
                + (savedModels ? "saved its models" : "logged metrics")
                + "; put them back, or begin a new run with another --output, the options in " + RunSoFar.SETTINGS
                + (savedModels ? ", and these weights if you like: --init-from " + ShellWord.of(directory) : ""));
    }

    /** The same steps give the same bits. */
    private void requireNoDivergence() throws IOException {
        Path file = directory.resolve(Divergence.FILE_NAME);
        if (!Files.exists(file)) {
            return;
        }
        int diverged = new JsonFields(Json.read(file), file.toString()).integer(Divergence.STEP, 1, Integer.MAX_VALUE);
        List<Integer> steps = new SnapshotFolder(directory).steps();
        if (!steps.isEmpty() && steps.get(steps.size() - 1) >= diverged) {
            return; // it went on elsewhere, past that step
        }
        PretrainSettings settings = RunSoFar.settings(directory);
        throw new IOException(String.format(
                Locale.ROOT,
                "%s: the run diverged at step %,d (%s), and resumed it would do so again; begin a new run with a lower"
                        + " --learning-rate (here %s) or more --warmup-steps (here %s), or delete %s to try the same"
                        + " steps once more, such as on another backend",
                directory,
                diverged,
                Divergence.FILE_NAME,
                settings.learningRate(),
                settings.warmupSteps(),
                file));
    }
}
