package org.jelectra.cli.console;

import java.nio.file.Path;
import picocli.CommandLine;

/** Paths of the command line. An empty one, as of a shell's variable that is not set, would be the current directory. */
public final class PathConverter implements CommandLine.ITypeConverter<Path> {

    @Override
    public Path convert(String path) {
        if (path.isBlank()) {
            throw new CommandLine.TypeConversionException("expected a path, got an empty one");
        }
        return Path.of(path);
    }
}
