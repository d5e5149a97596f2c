package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jelectra.electra.Preset;
import org.jelectra.electra.Sharing;
import org.jelectra.nn.EncoderConfig;
import org.junit.jupiter.api.Test;

/** The table of presets in the documents has the values of the code. */
class PresetTableTest {

    private static String row(String name, Function<PretrainSettings, String> value) {
        return Arrays.stream(Preset.values())
                .map(preset -> value.apply(PretrainSettings.of(preset, 30_522)))
                .collect(Collectors.joining(" | ", "| " + name + " | ", " |"));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String fraction(PretrainSettings settings) {
        int width = settings.model().discriminator().hiddenSize();
        int generator = settings.model().generator().hiddenSize();
        return width == generator ? "1" : "1/" + width / generator;
    }

    private static String rate(double rate) {
        return format("%.0e", rate).replace("e-0", "e-");
    }

    private static String dropout(EncoderConfig encoder) {
        assertThat(encoder.attentionDropout()).isEqualTo(encoder.hiddenDropout());
        return encoder.hiddenDropout() == 0 ? "0" : Float.toString(encoder.hiddenDropout());
    }

    @Test
    void hasTheValuesOfThePresets() throws IOException {
        assertThat(Files.readAllLines(Path.of("docs/pretraining.md")))
                .containsSubsequence(List.of(
                        Arrays.stream(Preset.values())
                                .map(preset -> "`" + preset.label() + "`")
                                .collect(Collectors.joining(" | ", "| | ", " |")),
                        row("layers x width, heads", s -> {
                            EncoderConfig encoder = s.model().discriminator();
                            return format("%d x %d, %d", encoder.layers(), encoder.hiddenSize(), encoder.heads());
                        }),
                        row(
                                "width of the embeddings",
                                s -> "" + s.model().discriminator().embeddingSize()),
                        row("generator's width", PresetTableTest::fraction),
                        row("batch x length", s -> s.batchSize() + " x " + s.sequenceLength()),
                        row("steps", s -> format("%,d", s.steps())),
                        row(
                                "learning rate, warm-up",
                                s -> format("%s, %,.0f", rate(s.learningRate()), s.warmupSteps())),
                        row(
                                "tokens to guess",
                                s -> format("%.0f %%", 100 * s.masking().maskProbability())),
                        row("dropout", s -> dropout(s.model().discriminator())),
                        row("logged, evaluated every", s -> format("%,d, %,d", s.logEvery(), s.evaluateEvery()))));
    }

    @Test
    void hasWhatTheyShare() {
        for (Preset preset : Preset.values()) {
            PretrainSettings settings = PretrainSettings.of(preset, 30_522);
            EncoderConfig encoder = settings.model().discriminator();
            EncoderConfig generator = settings.model().generator();
            assertThat(encoder.intermediateSize()).isEqualTo(4 * encoder.hiddenSize());
            assertThat(encoder.maxPositions()).isEqualTo(512);
            assertThat(generator.layers()).isEqualTo(encoder.layers());
            assertThat(generator.hiddenSize() / generator.heads()).isEqualTo(preset == Preset.TINY ? 32 : 64);
            assertThat(settings.model().sharing()).isEqualTo(Sharing.EMBEDDINGS);
            assertThat(settings.weightDecay()).isEqualTo(0.01);
            assertThat(settings.losses().discriminatorWeight()).isEqualTo(50);
            assertThat(settings.evaluationSequences()).isEqualTo(512);
            assertThat(preset.vocabularySize()).isEqualTo(preset == Preset.TINY ? 1000 : 0);
        }
    }
}
