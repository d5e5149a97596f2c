package org.jelectra.pretrain.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.jelectra.pretrain.Metrics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class CurvesTest {

    @TempDir
    Path directory;

    @Test
    void drawsEveryPanelOfARun() throws IOException {
        Path file = Curves.draw(directory, "tiny, 5 000 steps", Metrics.run(500, 10, true))
                .orElseThrow();

        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(file.getFileName()).hasToString("curves.png");
        assertThat(image.getWidth()).isEqualTo(1520);
        int rows = (image.getHeight() - 56) / 380;
        assertThat(rows).isEqualTo(4);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < 2; column++) {
                assertThat(colors(image.getSubimage(column * 760, 56 + row * 380, 760, 380)))
                        .as("panel %d, %d", row, column)
                        .contains(0x0072B2);
            }
        }
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void drawingsTakeAHundredthOfARunAtMost() {
        assertThat(Curves.pause(0)).isEqualTo(2_000_000_000L);
        assertThat(Curves.pause(300_000_000)).isEqualTo(30_000_000_000L);
    }

    @Test
    void panelsWithoutValuesAreLeftOut() throws IOException {
        Path file =
                Curves.draw(directory, "masked LM", Metrics.run(20, 1, false)).orElseThrow();

        assertThat((ImageIO.read(file.toFile()).getHeight() - 56) / 380).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 60000, 12500, '12,500'",
        "-1, 8.5, 2, 2.0",
        "5.1, 5.7, 5.35, 5.35",
        "0.8012, 0.805, 0.8025, 0.8025",
        "5.090, 5.098, 5.0925, 5.0925",
        "0.00002, 0.005, 0.001, 1.0E-3",
        "0.005, 0.00502, 0.005005, 5.005E-3",
        "6, 6, 6, 6.0",
        "0, 0, 0, 0.000"
    })
    void ticksHaveTheDecimalsThatTellThemApart(double minimum, double maximum, double tick, String label) {
        DecimalFormat format = new DecimalFormat(
                CurvePanel.tickPattern(minimum, maximum), DecimalFormatSymbols.getInstance(Locale.ROOT));

        assertThat(format.format(tick)).isEqualTo(label);
    }

    @Test
    void oneStepIsEnough() throws IOException {
        Path file =
                Curves.draw(directory, "first step", Metrics.run(1, 1, true)).orElseThrow();

        assertThat(colors(ImageIO.read(file.toFile()))).contains(0x0072B2);
    }

    @Test
    void nothingToDrawIsNoPicture() throws IOException {
        assertThat(Curves.draw(directory, "empty", List.of())).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whereverItIsDrawnThePictureIsTheSame() throws IOException {
        Locale before = Locale.getDefault();
        try {
            byte[][] pictures = new byte[4][];
            Locale[] locales = {Locale.ROOT, Locale.GERMANY};
            for (int i = 0; i < 2; i++) {
                Locale.setDefault(locales[i]);
                Path curves =
                        Curves.draw(directory, "run", Metrics.run(20, 1, true)).orElseThrow();
                Path bars = Bars.draw(directory.resolve("bars.png"), "budget", "ms", Map.of("a", 0.5, "b", 1.25))
                        .orElseThrow();
                pictures[i] = Files.readAllBytes(curves);
                pictures[2 + i] = Files.readAllBytes(bars);
            }
            assertThat(pictures[1]).isEqualTo(pictures[0]);
            assertThat(pictures[3]).isEqualTo(pictures[2]);
        } finally {
            Locale.setDefault(before);
        }
    }

    private static Set<Integer> colors(BufferedImage image) {
        Set<Integer> colors = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colors.add(image.getRGB(x, y) & 0xFFFFFF);
            }
        }
        return colors;
    }
}
