package org.jelectra.cli;

import java.nio.file.Path;

/** A path as it has to be written in a command that a person may copy. */
final class ShellWord {

    private ShellWord() {}

    static String of(Path path) {
        String text = path.toString();
        return text.matches("[\\p{L}\\p{N}_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
