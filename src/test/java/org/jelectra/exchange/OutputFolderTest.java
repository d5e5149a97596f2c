package org.jelectra.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class OutputFolderTest {

    @TempDir
    Path parent;

    @Test
    void appearsWhole() throws IOException {
        Path target = parent.resolve("target");
        String result = OutputFolder.write(target, folder -> {
            Files.writeString(folder.resolve("file"), "text");
            assertThat(target).doesNotExist();
            return "written";
        });
        assertThat(result).isEqualTo("written");
        assertThat(target.resolve("file")).hasContent("text");
    }

    @Test
    void aFailureLeavesNothingAndNamesTheFileByItsLaterName() {
        Path target = parent.resolve("target");
        assertThatThrownBy(() -> OutputFolder.write(target, folder -> {
                    Path file = folder.resolve("discriminator").resolve("model.safetensors");
                    Files.createDirectory(file.getParent());
                    Files.writeString(file, "half");
                    throw new FileSystemException(file.toString(), null, "No space left on device");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage(target.resolve("discriminator/model.safetensors")
                        + ": cannot be written (No space left on device)");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void whatCameIntoItsPlaceMeanwhileStays() {
        Path target = parent.resolve("target");
        assertThatThrownBy(() -> OutputFolder.write(target, folder -> {
                    Files.createDirectory(target);
                    return Files.writeString(target.resolve("others"), "text");
                }))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(target + ": expected a new folder for the output, found one with files in it");
        assertThat(parent.toFile().list()).containsExactly("target");
        assertThat(target.resolve("others")).hasContent("text");
    }
}
