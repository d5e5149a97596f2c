package org.jelectra.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class FailureTest {

    @Test
    void fileErrorsNameTheFileAndWhatIsWrong() {
        assertThat(Failure.line(new NoSuchFileException("a.txt"))).isEqualTo("a.txt: no such file or directory");
        assertThat(Failure.line(new AccessDeniedException("a.txt"))).isEqualTo("a.txt: permission denied");
        assertThat(Failure.line(new FileAlreadyExistsException("a.txt"))).isEqualTo("a.txt: exists already");
        assertThat(Failure.line(new NotDirectoryException("a.txt")))
                .isEqualTo("a.txt: expected a directory, found a file");
        for (String full : List.of("No space left on device", "File too large", "Disk quota exceeded")) {
            assertThat(Failure.line(new FileSystemException("a.txt", null, full)))
                    .isEqualTo("a.txt: " + full + " (free some, or choose another --output)");
        }
        assertThat(Failure.line(new MalformedInputException(1))).contains("UTF-8");
    }

    @Test
    void causesAreUnwrapped() {
        assertThat(Failure.line(new UncheckedIOException(new NoSuchFileException("a"))))
                .startsWith("a: no such");
        assertThat(Failure.line(new CompletionException(new IOException("broken"))))
                .isEqualTo("broken");
    }

    @Test
    void outOfMemoryNamesTheKnobs() {
        assertThat(Failure.line(new OutOfMemoryError("Java heap space")))
                .contains("Java heap space", "where the command has them", "--batch", "--accumulate", "-Xmx");
    }

    @Test
    void aDeviceWithTooLittleMemoryNamesTheKnobs() {
        SimulatorOptions little = SimulatorOptions.defaults().withMemory(1 << 20);
        Throwable thrown = catchThrowable(() -> {
            try (Gpu gpu = Gpu.open(new SimulatedDriver(little), 0)) {
                gpu.allocate(2 << 20);
            }
        });

        assertThat(Failure.line(thrown))
                .contains("2097152 bytes", "1048576 are free", "--accumulate N", "--batch", "--precision bf16");
    }

    @Test
    void messagesAreOneLine() {
        assertThat(Failure.line(new IllegalArgumentException("expected 3\n  got 4\n")))
                .isEqualTo("expected 3; got 4");
    }

    @Test
    void bugsAreCalledBugs() {
        assertThat(Failure.line(new NullPointerException("x is null")))
                .startsWith("internal error: java.lang.NullPointerException: x is null");
        assertThat(Failure.line(new IllegalStateException((String) null))).startsWith("internal error");
    }
}
