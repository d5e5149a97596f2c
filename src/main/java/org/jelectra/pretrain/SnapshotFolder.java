package org.jelectra.pretrain;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.DamagedSnapshotException;

/** The snapshots of a run: the files {@code snapshots/step-000001234.snapshot} in its directory. */
public final class SnapshotFolder {

    /** Name of the folder in the run's directory. */
    public static final String NAME = "snapshots";

    private static final Pattern FILE = Pattern.compile("step-(\\d{9})\\.snapshot");
    private static final String DAMAGED = ".damaged";

    private final Path folder;
    private final UnaryOperator<WritableByteChannel> through;

    /** The snapshots of the run in {@code directory}; nothing is created yet. */
    public SnapshotFolder(Path directory) {
        this(directory, channel -> channel);
    }

    /** @param through what is written passes through the channel that this makes of the file's; for tests of a full disk */
    SnapshotFolder(Path directory, UnaryOperator<WritableByteChannel> through) {
        this.folder = directory.resolve(NAME);
        this.through = through;
    }

    /** Makes the folder, still empty: from then on its absence tells that somebody has deleted it. */
    public void create() throws IOException {
        Files.createDirectories(folder);
    }

    /** Whether there is the folder, be it empty. */
    public boolean exists() {
        return Files.isDirectory(folder);
    }

    /** Whether a path is that of a file named as a run's snapshots are; those of fine-tuning are not. */
    public static boolean isSnapshot(Path path) {
        return Files.isRegularFile(path)
                && FILE.matcher(path.getFileName().toString()).matches();
    }

    /** The file of a step's snapshot, whether there is one or not. */
    public Path file(int step) {
        return folder.resolve(String.format(Locale.ROOT, "step-%09d.snapshot", step));
    }

    /** Steps of which there are snapshots, ascending; damaged ones are not told apart until they are set aside. */
    public List<Integer> steps() throws IOException {
        List<Integer> steps = new ArrayList<>();
        for (Path path : files()) {
            Matcher matcher = FILE.matcher(path.getFileName().toString());
            if (matcher.matches()) {
                steps.add(Integer.parseInt(matcher.group(1)));
            }
        }
        steps.sort(null);
        return steps;
    }

    /** Whether the run has written a snapshot, be it damaged by now and set aside. */
    public boolean hasAny() throws IOException {
        return !steps().isEmpty() || countDamaged() > 0;
    }

    /** Writes the snapshot of a run as it stands; returns its file. */
    public Path write(Pretrainer pretrainer) throws IOException {
        Path file = file(pretrainer.step());
        Snapshot.write(file, pretrainer, through);
        return file;
    }

    /**
     * Opens the latest snapshot that is whole. Damaged ones are renamed to {@code *.damaged}, so that they are neither taken for
     * good nor counted again, and half-written files of killed processes are deleted. For the run's only writer.
     *
     * @param messages told of every damaged snapshot
     * @return empty where there is no snapshot at all, not even one set aside earlier
     * @throws IOException if there are snapshots but none that is whole, or if one that is not damaged cannot be used: it cannot be
     *     read, or is of another version. That one is left as it is, and no earlier one is tried
     */
    public Optional<Snapshot> openLatest(Consumer<String> messages) throws IOException {
        AtomicFile.deleteLeftovers(folder);
        List<Integer> steps = steps();
        for (int i = steps.size() - 1; i >= 0; i--) {
            Path file = file(steps.get(i));
            try {
                return Optional.of(Snapshot.open(file));
            } catch (DamagedSnapshotException e) {
                Path aside = file.resolveSibling(file.getFileName() + DAMAGED);
                Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
                messages.accept(e.getMessage() + "; it is now " + aside.getFileName() + ", and "
                        + (i == 0 ? "there is none before it" : "the one of step " + steps.get(i - 1) + " is tried"));
            }
        }
        long damaged = countDamaged();
        if (damaged > 0) {
            throw new IOException(folder + ": none of the " + damaged
                    + " snapshots can be used, all are damaged; expected a whole one, such as from a copy. To begin anew, use"
                    + " another directory");
        }
        return Optional.empty();
    }

    private long countDamaged() throws IOException {
        return files().stream()
                .filter(path -> path.getFileName().toString().endsWith(DAMAGED))
                .count();
    }

    /** Deletes all but the latest {@code keep} snapshots and the milestones of a run of {@code totalSteps}. */
    void rotate(int keep, int totalSteps) throws IOException {
        List<Integer> steps = steps();
        for (int step : steps.subList(0, Math.max(0, steps.size() - keep))) {
            if (!SnapshotPolicy.isMilestone(step, totalSteps)) {
                Files.deleteIfExists(file(step));
            }
        }
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
