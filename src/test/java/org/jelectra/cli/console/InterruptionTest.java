package org.jelectra.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class InterruptionTest {

    @Test
    void theFirstSignalAsksAndTheSecondEnds() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Integer> halted = new ArrayList<>();
        try (Interruption interruption =
                Interruption.install(new PrintStream(out, true), () -> "step 7", halted::add)) {
            assertThat(interruption.isRequested()).isFalse();

            interruption.request("TERM");

            assertThat(interruption.isRequested()).isTrue();
            assertThat(interruption.exitCode()).isEqualTo(143);
            assertThat(halted).isEmpty();
            assertThat(out.toString()).contains("finishing step 7 and writing a snapshot");

            interruption.request("INT");
            assertThat(halted).containsExactly(130);
        }
    }
}
