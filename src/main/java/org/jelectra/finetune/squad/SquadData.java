package org.jelectra.finetune.squad;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A data set in memory.
 *
 * @param version which of the two
 * @param training questions to learn from
 * @param development questions to measure
 * @param warnings what the user should know of the files
 */
public record SquadData(SquadVersion version, SquadFile training, SquadFile development, List<String> warnings) {

    /**
     * Reads {@code train} and {@code dev} from a directory, or from the folder with one of the version's names below it. The
     * files are {@code train.json}, or {@code train-v2.0.json} with anything after the version, and may end in .xz or .gz.
     *
     * @throws IOException if a file is missing, there are several, one is malformed, or no question can be learnt from
     */
    public static SquadData load(SquadVersion version, Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + ": expected a directory with the task's files, found "
                    + (Files.exists(directory) ? "a file" : "nothing"));
        }
        Path folder = folder(version, directory);
        SquadFile training = SquadReader.read(only(version, folder, "train"));
        SquadFile development = SquadReader.read(only(version, folder, "dev"));
        List<String> warnings = new ArrayList<>();
        for (SquadFile file : List.of(training, development)) {
            if (file.misplacedAnswers() > 0) {
                warnings.add(file.file() + ": " + file.misplacedAnswers()
                        + " answers are not in their contexts where the file says");
            }
        }
        long left = training.questions().stream()
                .filter(question -> !question.isTrainable())
                .count();
        if (left == training.questions().size()) {
            throw new IOException(training.file() + ": no question can be learnt from: no answer is in its context");
        }
        if (left > 0) {
            warnings.add(
                    training.file() + ": left out " + left + " questions whose first answer is not in its context");
        }
        return new SquadData(version, training, development, warnings);
    }

    private static Path folder(SquadVersion version, Path directory) throws IOException {
        if (!files(version, directory, "train").isEmpty()) {
            return directory;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.filter(Files::isDirectory).sorted().toList()) {
                if (version.names().contains(entry.getFileName().toString().toLowerCase(Locale.ROOT))
                        && !files(version, entry, "train").isEmpty()) {
                    return entry;
                }
            }
        }
        return directory;
    }

    private static Path only(SquadVersion version, Path folder, String part) throws IOException {
        List<Path> files = files(version, folder, part);
        String expected = part + "-" + version.suffix() + ".json or " + part + ".json (or .xz, .gz)";
        if (files.isEmpty()) {
            throw new IOException(folder + ": expected the file " + expected + ", found none");
        }
        if (files.size() > 1) {
            throw new IOException(folder + ": expected one file " + expected + ", found "
                    + files.stream().map(file -> file.getFileName().toString()).toList());
        }
        return files.get(0);
    }

    private static List<Path> files(SquadVersion version, Path folder, String part) throws IOException {
        Pattern name = Pattern.compile(part + "(-" + Pattern.quote(version.suffix()) + ".*)?\\.json(\\.xz|\\.gz)?");
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> name.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }
}
