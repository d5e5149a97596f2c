package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.pretrain.Metrics;
import org.jelectra.pretrain.ModelMetrics;
import org.junit.jupiter.api.Test;

class RunListenerTest {

    @Test
    void anAucThatDoesNotExistIsLeftOut() {
        ModelMetrics usual = Metrics.step(1, 31.2, true).evaluation();
        assertThat(RunListener.held(1000, usual))
                .isEqualTo("  held-out, step 1,000: generator loss 6.95, accuracy 12.1 %;"
                        + " discriminator loss 0.485, AUC 0.710, finds 2 % of the replaced tokens");

        ModelMetrics oneKind = new ModelMetrics(
                31.2, 6.95, 0, 0, 1, 0.485, 1, 1, 0.5, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        assertThat(RunListener.held(1, oneKind))
                .endsWith("; discriminator loss 0.485, finds 50 % of the replaced tokens");
    }
}
