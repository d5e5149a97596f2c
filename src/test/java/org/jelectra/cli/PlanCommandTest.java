package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlanCommandTest {

    @Test
    void tellsTheMemoryByPart() {
        CommandRunner.Result result = CommandRunner.run("plan", "--preset", "tiny", "--vocab-size", "1000");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .containsPattern("(?m)^parameters +\\d+\\.\\d\\d +\\d+\\.\\d\\d$")
                .containsPattern("(?m)^activations +\\d+\\.\\d\\d +\\d+\\.\\d\\d$")
                .containsPattern("(?m)^total +\\d+\\.\\d\\d +\\d+\\.\\d\\d$");
        assertThat(result.code()).isZero();
    }

    @Test
    void settingsThatDoNotGoTogetherAreWrongUsage() {
        CommandRunner.Result result = CommandRunner.run("plan", "--batch", "5", "--accumulate", "2");

        assertThat(result.err()).startsWith("jelectra plan: the batch size must be divisible");
        assertThat(result.code()).isEqualTo(2);
    }
}
