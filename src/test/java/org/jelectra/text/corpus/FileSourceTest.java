package org.jelectra.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How the files of a corpus are kept. */
@Tag("every-jdk")
class FileSourceTest {

    private static final int FILES = 25_000;

    @TempDir
    private Path folder;

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** As if they were so many: each has a path of its own. */
    private List<Path> files() {
        String name = folder.resolve("text.txt").toString();
        return Stream.generate(() -> Path.of(name)).limit(FILES).toList();
    }

    @Test
    void aFileTakesLittleMoreThanItsName() throws IOException {
        Path file = Files.writeString(folder.resolve("text.txt"), "some text\n");
        long before = used();
        Corpus corpus = Corpus.open(files());
        long bytes = (used() - before) / FILES;
        assertThat(corpus.inputs().files()).isEqualTo(FILES);
        assertThat(bytes).as("bytes of heap a file").isLessThan(file.toString().length() + 100);
    }

    /** Names are bytes there, and any program may have written others than UTF-8's. */
    @EnabledOnOs(OS.LINUX)
    @Test
    void anyNameOfAFileSystemWillDo() throws IOException, InterruptedException {
        String script = "printf 'some text\\n' > \"$(printf 'a\\377b.txt')\"";
        Process shell = new ProcessBuilder("sh", "-c", script)
                .directory(folder.toFile())
                .start();
        assumeTrue(shell.waitFor() == 0, "a file system that takes any bytes for a name");
        Corpus corpus = Corpus.open(List.of(folder));
        try (DocumentReader reader = corpus.documents()) {
            assertThat(reader.next().lines()).containsExactly("some text");
        }
        assertThat(corpus.sources())
                .singleElement()
                .satisfies(name -> assertThat(name).startsWith(folder + "/a").endsWith("b.txt"));
    }
}
