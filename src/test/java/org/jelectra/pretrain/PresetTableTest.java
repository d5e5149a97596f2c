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
    void hasWhatTheyShare() throws IOException {
        String text = Files.readString(Path.of("docs/pretraining.md")).replaceAll("\\s+", " ");
        PretrainSettings tiny = PretrainSettings.of(Preset.TINY, 30_522);
        for (Preset preset : Preset.values()) {
            PretrainSettings settings = PretrainSettings.of(preset, 30_522);
            EncoderConfig encoder = settings.model().discriminator();
            EncoderConfig generator = settings.model().generator();
            assertThat(encoder.intermediateSize()).isEqualTo(4 * encoder.hiddenSize());
            assertThat(generator.layers()).isEqualTo(encoder.layers());
            assertThat(text)
                    .as(preset.label())
                    .contains(format(
                            "All have feed-forward layers of four times the width, %d positions, a generator as deep as the"
                                    + " discriminator with heads of %d (tiny's has one of %d), shared %s, weight decay %s,"
                                    + " the weight %.0f for the discriminator, and evaluate at most %d held-out sequences, evenly spaced.",
                            encoder.maxPositions(),
                            preset == Preset.TINY ? 64 : headWidth(settings),
                            headWidth(tiny),
                            settings.model().sharing().name().toLowerCase(Locale.ROOT),
                            settings.weightDecay(),
                            settings.losses().discriminatorWeight(),
                            settings.evaluationSequences()));
        }
        assertThat(tiny.model().generator().heads()).isEqualTo(1);
        assertThat(text)
                .contains(
                        format("reads the bundled vocabulary's %,d most needed tokens", Preset.TINY.vocabularySize()));
    }

    private static int headWidth(PretrainSettings settings) {
        EncoderConfig generator = settings.model().generator();
        return generator.hiddenSize() / generator.heads();
    }
}
