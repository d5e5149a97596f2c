package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.pretrain.Confusion;
import org.jelectra.pretrain.ModelMetrics;
import org.junit.jupiter.api.Test;

class RunListenerTest {

    private static String held(double auc) {
        Confusion confusion = new Confusion(19, 0, 0, 1);
        return RunListener.held(3, ModelMetrics.of(31.2, 6.2, 0.1, 0.05, 0.5, confusion, auc));
    }

    /** As at the beginning of electra-15, whose tokens are all replaced. */
    @Test
    void aCurveWithoutOneClassHasNoArea() {
        String measured = "  held-out, step 3: generator loss 6.20, accuracy 10.0 %; discriminator loss 0.500,";
        assertThat(held(0.75)).isEqualTo(measured + " AUC 0.750, finds 95 % of the replaced tokens");
        assertThat(held(Double.NaN)).isEqualTo(measured + " finds 95 % of the replaced tokens");
    }
}
