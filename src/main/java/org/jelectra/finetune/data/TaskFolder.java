package org.jelectra.finetune.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Finds a task's files, packed or not. */
public final class TaskFolder {

    private static final List<String> ENDINGS = List.of("", ".xz", ".gz");

    private TaskFolder() {}

    /** A task file's name without its ending and that of its packing: {@code dev_matched} of {@code dev_matched.tsv.xz}. */
    public static String baseName(Path file) {
        return file.getFileName()
                .toString()
                .replaceFirst("(?i)(\\.tsv|\\.csv|\\.jsonl|\\.ndjson|\\.json|\\.txt|\\.conllu?)?(\\.xz|\\.gz)?$", "");
    }

    /** The file of that name in a folder, or the same with .xz or .gz; null where there is none. */
    public static Path file(Path folder, String name) {
        for (String ending : ENDINGS) {
            Path file = folder.resolve(name + ending);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return null;
    }

    /**
     * As {@link #file}, and the file must be there.
     *
     * @throws IOException if it is not
     */
    public static Path required(Path folder, String name) throws IOException {
        Path file = file(folder, name);
        if (file == null) {
            throw new IOException(folder + ": expected the file " + name + " (or " + name + ".xz, .gz), found none");
        }
        return file;
    }

    /**
     * A task's development files that are there; none of a task that holds out a part of its training file.
     *
     * @throws IOException if none is there of those that it names
     */
    public static List<Path> development(TaskSpec spec, Path folder) throws IOException {
        List<Path> files = spec.development().stream()
                .map(name -> file(folder, name))
                .filter(Objects::nonNull)
                .toList();
        if (files.isEmpty() && spec.heldOut() == null) {
            throw new IOException(folder + ": expected a development set, " + String.join(" or ", spec.development())
                    + " (or .xz, .gz), found none; a task declared in JSON can hold out a part of its training file"
                    + " instead, by \"dev_fraction\"");
        }
        return files;
    }

    /** The task's training, development and test files that are there, by their names in the task. */
    public static Map<String, Path> files(TaskSpec spec, Path folder) {
        List<String> names = new ArrayList<>(List.of(spec.train()));
        names.addAll(spec.development());
        spec.tests().forEach(test -> names.add(test.file()));
        Map<String, Path> files = new LinkedHashMap<>();
        for (String name : names) {
            Path file = file(folder, name);
            if (file != null) {
                files.put(name, file);
            }
        }
        return files;
    }

    /** The task's folder: {@code directory} itself where its training file is there, else one below with the task's name, or null. */
    public static Path find(TaskSpec spec, Path directory) throws IOException {
        Path below = null;
        if (Files.isDirectory(directory)) {
            try (Stream<Path> entries = Files.list(directory)) {
                below = entries.filter(Files::isDirectory)
                        .filter(entry -> spec.folders().stream()
                                .anyMatch(folder -> folder.toLowerCase(Locale.ROOT)
                                        .equals(entry.getFileName().toString().toLowerCase(Locale.ROOT))))
                        .filter(entry -> file(entry, spec.train()) != null)
                        .sorted()
                        .findFirst()
                        .orElse(null);
            }
        }
        return below == null && file(directory, spec.train()) != null ? directory : below;
    }
}
