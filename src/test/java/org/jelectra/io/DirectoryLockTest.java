package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class DirectoryLockTest {

    @TempDir
    Path directory;

    /** Takes the lock of a directory, says so, and waits for its death. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (DirectoryLock lock = DirectoryLock.acquire(Path.of(arguments[0]))) {
                System.out.println("locked " + (lock != null));
                System.in.read();
            }
        }
    }

    @Test
    void oneOwnerWithinAProcess() throws IOException {
        try (DirectoryLock first = DirectoryLock.acquire(directory)) {
            assertThat(first).isNotNull();
            // twice: the failed attempt must not have given the lock up
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatIOException()
                        .isThrownBy(() -> DirectoryLock.acquire(directory.resolve("../" + directory.getFileName())))
                        .withMessageContaining("another run writes there (this process); wait for it or stop it");
            }
        }
        try (DirectoryLock again = DirectoryLock.acquire(directory)) {
            assertThat(again).isNotNull();
        }
    }

    /** Closing any descriptor of a locked file gives up what the process holds on it. */
    @Test
    void aRefusalWithinTheProcessDoesNotLetOthersIn() throws Exception {
        try (DirectoryLock lock = DirectoryLock.acquire(directory)) {
            assertThat(lock).isNotNull();
            assertThatIOException().isThrownBy(() -> DirectoryLock.acquire(directory));
            Process other = holder(ProcessBuilder.Redirect.PIPE);
            other.getOutputStream().close();
            assertThat(other.errorReader().lines())
                    .first()
                    .asString()
                    .contains("another run writes there (process "
                            + ProcessHandle.current().pid());
            assertThat(other.waitFor()).isNotZero();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsNamed() throws IOException {
        Path file = Files.createSymbolicLink(directory.resolve(DirectoryLock.FILE_NAME), Path.of("/dev/full"));
        // twice: the failed attempt must have given the directory up
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatIOException()
                    .isThrownBy(() -> DirectoryLock.acquire(directory))
                    .withMessage(file + ": cannot be written (No space left on device)");
        }
    }

    private Process holder(ProcessBuilder.Redirect errors) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        directory.toString())
                .redirectError(errors)
                .start();
    }

    @Test
    void aKilledProcessGivesTheLockUp() throws Exception {
        Process holder = holder(ProcessBuilder.Redirect.INHERIT);
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("locked true");
            assertThatIOException()
                    .isThrownBy(() -> DirectoryLock.acquire(directory))
                    .withMessageContaining(
                            directory + ": another run writes there (process " + holder.pid() + ", since ");
        } finally {
            holder.destroyForcibly();
        }
        assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
        try (DirectoryLock lock = DirectoryLock.acquire(directory)) {
            assertThat(lock).isNotNull();
        }
    }
}
