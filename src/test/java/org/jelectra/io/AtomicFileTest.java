package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class AtomicFileTest {

    @TempDir
    Path folder;

    @Test
    void twoWritersOfOneFileLeaveWhatTheLaterOneWrote() throws IOException {
        Path file = folder.resolve("text");
        AtomicFile.write(file, channel -> {
            channel.write(ByteBuffer.wrap(new byte[] {'a'}));
            AtomicFile.write(file, "inner");
            assertThat(file).hasContent("inner");
            channel.write(ByteBuffer.wrap(new byte[] {'b'}));
        });
        assertThat(file).hasContent("ab");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFailureNamesTheTarget() {
        Path target = Path.of("/proc/x.npy"); // a folder in which nobody can make files
        assertThatThrownBy(() -> AtomicFile.write(target, "text"))
                .isInstanceOf(IOException.class)
                .hasMessage("/proc/x.npy: cannot be written (no such file or directory)");
        Path longest = folder.resolve("x".repeat(250)); // the temporary name is longer still
        assertThatThrownBy(() -> AtomicFile.write(longest, "text"))
                .isInstanceOf(IOException.class)
                .hasMessage(longest + ": cannot be written (File name too long)");
    }

    /** The exception has no message of its own. */
    @Test
    void anInterruptionSaysThatItIsOne() {
        Path file = folder.resolve("text");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> AtomicFile.write(file, "text"))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": ClosedByInterruptException");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatCannotBeWrittenIsKnownBefore() throws IOException {
        AtomicFile.requireWritable(folder.resolve("new").resolve("text"));
        assertThat(folder).isEmptyDirectory();
        Path inFile = Files.writeString(folder.resolve("file"), "").resolve("text");
        assertThatThrownBy(() -> AtomicFile.requireWritable(inFile))
                .hasMessage(inFile + ": cannot be written (" + folder.resolve("file")
                        + ": expected a directory, found a file)");
        Path inKernel = Path.of("/proc/text"); // whose permissions let the superuser write
        assertThatThrownBy(() -> AtomicFile.requireWritable(inKernel))
                .hasMessage(inKernel + ": cannot be written (no file can be created in /proc)");
        assertThatThrownBy(() -> AtomicFile.requireWritable(folder))
                .hasMessage(folder + ": expected the path of a file to write, found a directory");
    }

    @Test
    void textAndBytes() throws IOException {
        AtomicFile.write(folder.resolve("new").resolve("text"), new StringBuilder("grün\n"));
        assertThat(folder.resolve("new").resolve("text")).hasContent("grün\n");
        byte[] bytes = {0, -1, 13, 10};
        AtomicFile.write(folder.resolve("bytes"), bytes);
        assertThat(folder.resolve("bytes")).hasBinaryContent(bytes);
    }
}
