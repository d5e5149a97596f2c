package org.jelectra.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class ShellWordTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
                    runs/tiny-1, runs/tiny-1
                    /grün/日本, /grün/日本
                    my runs/a, 'my runs/a'
                    it's, 'it'\\''s'
                    $HOME, '$HOME'
                    a;b, 'a;b'
                    """)
    void pathsAreQuotedWhereAShellNeedsIt(String path, String word) {
        assertThat(ShellWord.of(Path.of(path))).isEqualTo(word);
    }
}
