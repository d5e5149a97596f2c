package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.junit.jupiter.api.Test;

class NetworksTextTest {

    private static ElectraConfig small(Sharing sharing, Objective objective) {
        return ElectraConfig.of(Preset.SMALL.encoder(30522), 0.25, 1, sharing, objective);
    }

    /** By hand; the paper's Table 1 says 14 million of ELECTRA-Small. */
    @Test
    void parametersAreCountedByPart() {
        assertThat(NetworksText.parameters(small(Sharing.EMBEDDINGS, Objective.ELECTRA)))
                .isEqualTo("embeddings 3,972,864, generator 647,162, discriminator 9,576,193; a fine-tuned model keeps"
                        + " 13,483,008, and has a head of its own");
        assertThat(NetworksText.parameters(
                        small(Sharing.NONE, Objective.REPLACE_MLM).withGeneratorTraining(GeneratorTraining.FROZEN)))
                .startsWith("embeddings 3,972,864, main network 9,573,818; a fine-tuned model keeps 13,483,008,");
        assertThat(NetworksText.parameters(small(Sharing.EMBEDDINGS, Objective.MLM)))
                .startsWith("embeddings 3,972,864, encoder 9,573,818; a fine-tuned model keeps 13,483,008,");
    }
}
