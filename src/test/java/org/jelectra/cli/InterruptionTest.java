package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class InterruptionTest {

    @Test
    void stopsTrainingAfterTheStepInWhichItWasAsked() {
        try (Interruption interruption = Interruption.install()) {
            assertThatCode(() -> interruption.check(6)).doesNotThrowAnyException();
            interruption.request();
            assertThatThrownBy(() -> interruption.check(7))
                    .isInstanceOf(Interruption.Stopped.class)
                    .hasMessage("interrupted after step 7");
        }
    }
}
