package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jelectra.ShortLived;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
@EnabledOnOs(OS.LINUX)
class OpenTemporariesTest {

    @TempDir
    Path folder;

    /** Writes a folder and a file without end. */
    static final class Writer {
        public static void main(String[] args) throws IOException {
            Path output = Path.of(args[0]);
            AtomicFile.write(output.resolve("done"), "whole");
            try (TemporaryFolder temporary = TemporaryFolder.beside(output.resolve("model"))) {
                Files.writeString(temporary.path().resolve("weights"), "half");
                AtomicFile.write(output.resolve("file"), channel -> {
                    channel.write(ByteBuffer.wrap(new byte[5]));
                    System.out.println("writing");
                    try {
                        TimeUnit.MINUTES.sleep(1);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                });
            }
        }
    }

    private Process writing() throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ShortLived.OPTIONS);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Writer.class.getName(), folder.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("writing");
        assertThat(names()).hasSize(3);
        return process;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void aProcessThatIsAskedToEndDeletesWhatItHasHalfWritten() throws IOException, InterruptedException {
        Process process = writing();
        process.destroy();
        assertThat(process.waitFor()).isEqualTo(128 + 15);
        assertThat(names()).containsExactly("done");
    }

    @Test
    void filesOfAProcessThatWasKilledAreKnownByTheirNames() throws IOException, InterruptedException {
        writing().destroyForcibly().waitFor();
        Files.writeString(folder.resolve(".file.tmp"), "somebody's");
        AtomicFile.deleteLeftovers(folder);
        assertThat(names())
                .hasSize(3)
                .contains("done", ".file.tmp")
                .filteredOn(name -> name.startsWith(".model."))
                .hasSize(1);
    }
}
