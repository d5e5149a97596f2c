package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jelectra.electra.ElectraModel;
import org.jelectra.pretrain.MetricsLog;

/** The directory of a new run. Nothing that is there already is ever overwritten. */
final class RunDirectory {

    /** Settings of the run. */
    static final String SETTINGS = "settings.json";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private RunDirectory() {}

    /** A name that nobody uses yet below {@code runs/}. */
    static Path unused(String preset, LocalDateTime now) {
        String name = preset.replace("+", "plus") + "-" + TIME.format(now);
        Path path = Path.of("runs", name);
        for (int number = 2; Files.exists(path); number++) {
            path = Path.of("runs", name + "-" + number);
        }
        return path;
    }

    /**
     * Creates the directory and makes sure, before any work is done, that files can be written to it.
     *
     * @throws IOException if it holds a run already, or cannot be written to
     */
    static void prepare(Path directory) throws IOException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new IOException(directory + ": expected a directory for the output, found a file");
        }
        for (String name :
                List.of(MetricsLog.FILE_NAME, SETTINGS, ElectraModel.DISCRIMINATOR, ElectraModel.GENERATOR)) {
            if (Files.exists(directory.resolve(name))) {
                throw new IOException(
                        directory + " holds a run already (" + name + "); choose another --output or delete it");
            }
        }
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, "writable", null));
        } catch (IOException e) {
            throw new IOException(
                    "cannot write to the output directory " + directory + " (" + Failure.line(e) + ")", e);
        }
    }
}
