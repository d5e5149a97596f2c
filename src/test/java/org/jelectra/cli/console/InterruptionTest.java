package org.jelectra.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class InterruptionTest {

    @Test
    void theFirstSignalAsksAndOneASecondLaterEnds() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Integer> halted = new ArrayList<>();
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // the clock may overflow
        try (Interruption interruption =
                Interruption.install(new PrintStream(out, true), () -> "step 7", halted::add, now::get)) {
            assertThat(interruption.isRequested()).isFalse();

            interruption.request("TERM");

            assertThat(interruption.isRequested()).isTrue();
            assertThat(interruption.exitCode()).isEqualTo(143);
            assertThat(halted).isEmpty();
            assertThat(out.toString())
                    .contains("finishing step 7 and writing a snapshot (once more, after a second, ends at once)");

            // at the end of a session both come, of timeout two of a kind
            interruption.request("HUP");
            now.addAndGet(999_999_999);
            interruption.request("TERM");
            assertThat(halted).isEmpty();
            assertThat(interruption.exitCode()).isEqualTo(143);
            assertThat(out.toString()).containsOnlyOnce("interrupted");

            now.addAndGet(1);
            interruption.request("INT");
            assertThat(halted).containsExactly(130);
        }
    }
}
