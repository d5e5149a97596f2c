package org.jelectra.electra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What is at a path where a model was expected: as an error that tells what to name instead. */
public final class MissingModel {

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
            return "a file";
        }
        if (Files.isDirectory(directory.resolve("snapshots"))) {
            return "a run that has not ended; pretrain --resume with this directory goes on with it";
        }
        Optional<Path> seed;
        try (Stream<Path> files = Files.list(directory)) {
            seed = files.filter(file -> file.getFileName().toString().startsWith("seed-")
                            && Files.isRegularFile(file.resolve(ModelFiles.CONFIG)))
                    .sorted()
                    .findFirst();
        }
        return seed.map(folder -> "those of a fine-tuning's seeds; choose one, as " + folder)
                .orElse(lacking);
    }
}
