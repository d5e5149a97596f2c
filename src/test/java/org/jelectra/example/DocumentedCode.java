package org.jelectra.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of an example that the README or another document shows.
 *
 * @param code its lines, without the indentation of the class
 */
record DocumentedCode(String code) {

    private static final String BEGIN = "    // documented: begin\n";
    private static final String END = "    // documented: end";

    static DocumentedCode of(Path file) throws IOException {
        String source = Files.readString(file);
        String code = source.substring(source.indexOf(BEGIN) + BEGIN.length(), source.indexOf(END));
        return new DocumentedCode(code.replaceAll("(?m)^    ", ""));
    }

    void assertInReadme() throws IOException {
        assertIn(Path.of("README.md"));
    }

    void assertIn(Path document) throws IOException {
        assertThat(Files.readString(document)).contains("```java\n" + code + "```");
    }
}
