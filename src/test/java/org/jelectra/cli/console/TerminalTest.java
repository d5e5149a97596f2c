package org.jelectra.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class TerminalTest {

    @Test
    void aPipeIsNoTerminal() {
        assertThat(Terminal.of(null, false, Map.of("COLUMNS", "200"))).isEqualTo(Terminal.NONE);
        assertThat(Terminal.of("120", true, Map.of("TERM", "dumb"))).isEqualTo(Terminal.NONE);
    }

    @Test
    void widthComesFromTheLauncherOrTheEnvironment() {
        assertThat(Terminal.of("120", false, Map.of())).isEqualTo(new Terminal(120, true, true));
        assertThat(Terminal.of(null, true, Map.of("COLUMNS", "100"))).isEqualTo(new Terminal(100, true, true));
        assertThat(Terminal.of(null, true, Map.of()).columns()).isEqualTo(80);
        assertThat(Terminal.of("wide", true, Map.of()).columns()).isEqualTo(80);
        assertThat(Terminal.of("5", true, Map.of()).columns()).isEqualTo(40);
    }

    @Test
    void noColorIsRespected() {
        assertThat(Terminal.of("120", true, Map.of("NO_COLOR", "1"))).isEqualTo(new Terminal(120, true, false));
        assertThat(Terminal.of("120", true, Map.of("NO_COLOR", "")).color()).isTrue();
    }
}
