package org.jelectra.io.tensorflow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds a checkpoint: its prefix is what the names of its files begin with. */
public final class CheckpointPrefix {

    private static final String STATE = "checkpoint";
    private static final String INDEX = ".index";
    private static final Pattern SUFFIX = Pattern.compile("\\.(index|meta|data-\\d+-of-\\d+)$");
    private static final Pattern LATEST =
            Pattern.compile("(?m)^\\s*model_checkpoint_path\\s*:\\s*\"([^\"\\\\]*)\"\\s*$");

    private CheckpointPrefix() {}

    /** Whether there is a checkpoint: a prefix, any of its files, or a folder with {@code checkpoint} or an index, or that file. */
    public static boolean isAt(Path place) throws IOException {
        Path source = folderOfState(place);
        return Files.isDirectory(source)
                ? Files.isRegularFile(source.resolve(STATE))
                        || !inFolder(source).isEmpty()
                : Files.isRegularFile(index(withoutSuffix(source)));
    }

    /**
     * The prefix of the checkpoint at a place, see {@link #isAt}. In a folder it is what its file {@code checkpoint} names as the latest
     * or, without that file, the only one.
     *
     * @throws IOException if there is none, or not one alone
     */
    public static Path find(Path place) throws IOException {
        Path source = folderOfState(place);
        if (!Files.isDirectory(source)) {
            Path prefix = withoutSuffix(source);
            if (!Files.isRegularFile(index(prefix))) {
                throw new IOException(prefix + ": expected a checkpoint of TensorFlow, found no "
                        + index(prefix).getFileName());
            }
            return prefix;
        }
        List<String> names = inFolder(source);
        Path state = source.resolve(STATE);
        if (!Files.isRegularFile(state)) {
            if (names.size() != 1) {
                throw new IOException(source + ": expected one checkpoint of TensorFlow, or a file " + STATE
                        + " that names the latest, found " + names + "; name one, as " + source.resolve("NAME"));
            }
            return source.resolve(names.get(0));
        }
        Matcher latest = LATEST.matcher(new String(Files.readAllBytes(state), StandardCharsets.UTF_8));
        if (!latest.find()) {
            throw new IOException(
                    state + ": expected a line model_checkpoint_path: \"NAME\" without escapes, found none;"
                            + " the folder has " + names);
        }
        // the folder may have been moved: only the name counts
        String name = latest.group(1).replaceFirst(".*/", "");
        if (!names.contains(name)) {
            throw new IOException(state + ": expected the latest checkpoint, " + latest.group(1)
                    + ", in its folder, which has " + names);
        }
        return source.resolve(name);
    }

    /** Of the file {@code checkpoint} its folder, which it speaks of; else the place itself. */
    private static Path folderOfState(Path place) {
        return place.endsWith(STATE) && Files.isRegularFile(place)
                ? place.toAbsolutePath().getParent()
                : place;
    }

    /** The index of a checkpoint. */
    public static Path index(Path prefix) {
        return prefix.resolveSibling(prefix.getFileName() + INDEX);
    }

    private static Path withoutSuffix(Path file) {
        return file.resolveSibling(
                SUFFIX.matcher(String.valueOf(file.getFileName())).replaceFirst(""));
    }

    private static List<String> inFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(INDEX) && name.length() > INDEX.length())
                    .map(name -> name.substring(0, name.length() - INDEX.length()))
                    .sorted()
                    .toList();
        }
    }
}
