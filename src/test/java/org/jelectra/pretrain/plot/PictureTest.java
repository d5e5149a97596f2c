package org.jelectra.pretrain.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.LogMessages;
import org.jelectra.pretrain.Metrics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a picture that cannot be made. */
@Tag("every-jdk")
class PictureTest {

    private static final String FONTS = "install fonts, on Debian or Ubuntu";

    @TempDir
    Path directory;

    /** What is logged while a picture is not written. */
    private static String warning(Path file, Picture.Sketch sketch) {
        List<String> messages = LogMessages.of(
                Picture.class, () -> assertThat(Picture.write(file, sketch)).isEmpty());
        assertThat(messages).hasSize(1);
        return messages.get(0);
    }

    private static Drawing drawing() {
        return new PanelSheet("run", CurvePanels.of(Metrics.run(5, 1, true)));
    }

    @Test
    void whatCannotBeWrittenIsAWarning() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "").resolve("curves.png");
        assertThat(warning(file, PictureTest::drawing))
                .startsWith("curves.png not drawn: " + file + ": cannot be written (")
                .doesNotContain(FONTS);
        assertThatThrownBy(() -> Picture.require(file, PictureTest::drawing))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + ": cannot be written (");
    }

    @Test
    void fontsAreAdvisedWhereTheyAreMissing() {
        Path file = directory.resolve("curves.png");
        String message = warning(file, () -> {
            throw new NoClassDefFoundError("sun.awt.X11FontManager");
        });
        assertThat(message).contains(FONTS);
        Error memory = new OutOfMemoryError("Java heap space");
        Picture.Sketch large = () -> {
            throw memory;
        };
        assertThat(warning(file, large)).isEqualTo("curves.png not drawn: java.lang.OutOfMemoryError: Java heap space");
        assertThatThrownBy(() -> Picture.require(file, large)).isSameAs(memory);
        assertThat(directory).isEmptyDirectory();
    }
}
