package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What follows a hidden size that is not the preset's. */
class WeightSizesTest {

    private final ModelOptions options = new ModelOptions();

    private ElectraConfig config(Preset preset) throws IOException {
        return new WeightSizes(options, null).config(preset, 1000, Sharing.EMBEDDINGS);
    }

    @ParameterizedTest
    @CsvSource({
        "base, 512, 8, 512, 2048, 192, 3",
        "base, 768, 12, 768, 3072, 256, 4",
        "large, 512, 8, 512, 2048, 128, 2",
        "small, 768, 12, 128, 3072, 192, 3",
        "small, 512, 8, 128, 2048, 128, 2",
        "small, 64, 1, 128, 256, 16, 1",
        "small++, 384, 6, 128, 1536, 384, 6",
        "tiny, 64, 2, 64, 256, 16, 1",
        "tiny, 16, 1, 16, 64, 4, 1"
    })
    void headsEmbeddingsAndGeneratorFollowTheHiddenSize(
            String preset,
            int hidden,
            int heads,
            int embedding,
            int feedForward,
            int generatorHidden,
            int generatorHeads)
            throws IOException {
        options.hiddenSize = hidden;
        ElectraConfig config = config(Preset.named(preset));
        EncoderConfig sizes = config.discriminator();
        assertThat(sizes.hiddenSize()).isEqualTo(hidden);
        assertThat(sizes.heads()).as("heads").isEqualTo(heads);
        assertThat(sizes.embeddingSize()).as("embedding size").isEqualTo(embedding);
        assertThat(sizes.intermediateSize()).isEqualTo(feedForward);
        assertThat(config.generator().hiddenSize()).as("generator").isEqualTo(generatorHidden);
        assertThat(config.generator().heads()).as("generator's heads").isEqualTo(generatorHeads);
        assertThat(config.generator().embeddingSize()).isEqualTo(embedding);
    }

    @ParameterizedTest
    @EnumSource
    void aPresetKeepsItsSizes(Preset preset) throws IOException {
        assertThat(config(preset))
                .isEqualTo(ElectraConfig.of(
                        preset.encoder(1000), preset.generatorSize(), 1, Sharing.EMBEDDINGS, options.objective));
    }

    @Test
    void whatIsGivenStays() throws IOException {
        options.hiddenSize = 576;
        options.heads = 18;
        options.embeddingSize = 100;
        assertThat(config(Preset.BASE).discriminator().heads()).isEqualTo(18);
        assertThat(config(Preset.BASE).discriminator().embeddingSize()).isEqualTo(100);
    }

    /** As in the original code, which refuses such widths too. */
    @Test
    void aWidthThatHeadsDoNotDivideIsRefused() {
        options.hiddenSize = 600;
        assertThatThrownBy(() -> config(Preset.SMALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "--hidden-size 600 cannot be divided among 9 heads of about 64 values; expected a multiple of 9, or"
                                + " --heads beside it");
        options.hiddenSize = 512;
        options.generatorSize = 1.0 / 3;
        assertThatThrownBy(() -> config(Preset.BASE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has hidden size 171, which cannot be divided among its 2 heads");
    }
}
