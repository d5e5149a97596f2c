package org.jelectra.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a user is told to wait for. */
@Tag("every-jdk")
class TextProgressTest {

    @Test
    void timeIsThatOfTheBytesOfThisProcess() {
        TextProgress progress = new TextProgress(60, 100, 20, 8_000_000, 0, 4);
        assertThat(progress.megabytesPerSecond()).isEqualTo(2);
        assertThat(progress.remainingSeconds()).isEqualTo(4);
        assertThat(new TextProgress(120, 100, 20, 0, 0, 4).remainingSeconds())
                .as("of files that have grown")
                .isZero();
    }

    @Test
    void nothingIsKnownAtTheBeginning() {
        TextProgress beginning = new TextProgress(20, 100, 20, 0, 0, 0);
        assertThat(beginning.megabytesPerSecond()).isZero();
        assertThat(beginning.remainingSeconds()).isNaN();
        assertThat(new TextProgress(60, 0, 20, 0, 0, 4).remainingSeconds())
                .as("of a pipe")
                .isNaN();
    }
}
