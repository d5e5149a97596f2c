package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is said of the targets of a regression. */
class TargetSpreadTest {

    @Test
    void targetsFarFromZeroNameTheScale() {
        assertThat(new TargetSpread(149_950, 28_867.5, 100_000, 199_900, 1).warnings())
                .containsExactly(
                        "targets with mean 149950 and standard deviation 28867.5 are far from 0, where the model's"
                                + " outputs begin, and may not be learnt: \"scale\": 200000 in the task file divides them");
        assertThat(new TargetSpread(0, 60, -120.5, 70, 1).warnings())
                .singleElement()
                .asString()
                .endsWith("\"scale\": 200 in the task file divides them");
        assertThat(new TargetSpread(-11, 1, -13, -10, 1).warnings())
                .as("which a scale would put close together")
                .singleElement()
                .asString()
                .endsWith(", and may not be learnt: subtract a number near -11 from those of the files");
    }

    @Test
    void targetsNearZeroAreNoMatter() {
        assertThat(new TargetSpread(149_950, 28_867.5, 100_000, 199_900, 200_000).warnings())
                .isEmpty();
        assertThat(new TargetSpread(2.7, 1.5, 0, 5, 1).warnings())
                .as("STS-B without its scale")
                .isEmpty();
        assertThat(new TargetSpread(2.7, 1.5, 0, 5, 1).line())
                .isEqualTo("targets: mean 2.7, standard deviation 1.5, from 0 to 5");
    }
}
