package org.jelectra.cli.console;

import java.nio.file.Path;

/** A path as it has to be written in a command that a person may copy. */
public final class ShellWord {

    private ShellWord() {}

    public static String of(Path path) {
        String text = path.toString();
        return text.matches("[\\p{L}\\p{N}_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
