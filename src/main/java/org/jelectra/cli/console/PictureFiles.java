package org.jelectra.cli.console;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Which files a picture becomes. */
public final class PictureFiles {

    private PictureFiles() {}

    /**
     * The file itself if its name ends in .png or .svg, else one of each.
     *
     * @param option that named it
     * @throws IllegalArgumentException if its name ends in something else
     */
    public static List<Path> of(Path file, String option) {
        String name = file.toString();
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".png") || lower.endsWith(".svg")) {
            return List.of(file);
        }
        // a number after a dot is no ending: runs are called lr0.001
        if (lower.matches(".*\\.[a-z][a-z0-9]*")) {
            throw new IllegalArgumentException(
                    option + " must end in .png or .svg, or in neither for both, got " + file);
        }
        return List.of(Path.of(name + ".png"), Path.of(name + ".svg"));
    }
}
