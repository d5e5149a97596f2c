package org.jelectra.cli.measure;

import java.nio.file.Path;
import java.util.List;

/** Names of several runs. */
final class RunLabels {

    private final List<Path> directories;

    RunLabels(List<Path> directories) {
        this.directories = directories;
    }

    /** The directory's name, or its path where others have the same name. */
    String of(Path directory) {
        String name = name(directory);
        boolean alone =
                directories.stream().filter(other -> name(other).equals(name)).count() == 1;
        return alone ? name : directory.normalize().toString();
    }

    private static String name(Path directory) {
        Path name = directory.toAbsolutePath().normalize().getFileName();
        return name == null ? directory.toString() : name.toString();
    }
}
