package org.jelectra.pretrain.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "37, 1", "1, 5", "61, 43"})
    void anotherReaderFindsEveryPixel(int width, int height) throws IOException {
        Random random = new Random(7);
        int[] pixels = random.ints((long) width * height).toArray();

        BufferedImage read = ImageIO.read(new ByteArrayInputStream(Png.of(width, height, pixels)));

        assertThat(read.getWidth()).isEqualTo(width);
        assertThat(read.getHeight()).isEqualTo(height);
        assertThat(read.getRGB(0, 0, width, height, null, 0, width))
                .isEqualTo(
                        Arrays.stream(pixels).map(pixel -> pixel | 0xFF000000).toArray());
    }
}
