package org.jelectra.io.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.jelectra.Mutations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damaged files of PyTorch are refused with a message or read; nothing else happens. */
@Tag("every-jdk")
class PyTorchFuzzTest {

    private static final long MOST_BYTES = 32 << 20;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"types-legacy.bin, 22", "views-zip.bin, 23"})
    void damagedFiles(String name, long seed) throws IOException {
        Path file = folder.resolve(name);
        int refused = Mutations.run(Files.readAllBytes(TestFiles.path(name)), seed, MOST_BYTES, bytes -> {
            Mutations.replace(file, bytes);
            try (PyTorchReader reader = PyTorchReader.open(file)) {
                for (String tensor : reader.names()) {
                    if (reader.dtype(tensor).contains("F")) {
                        reader.floats(tensor);
                    }
                }
            }
        });
        assertThat(refused).isGreaterThan(Mutations.COUNT / 4);
    }

    /** The pickle of a zip archive alone, since damage to the archive mostly hits something else. */
    @ParameterizedTest
    @CsvSource({"views-zip.bin, 24"})
    void damagedPickles(String name, long seed) throws IOException {
        byte[] pickle;
        try (ZipFile zip = new ZipFile(TestFiles.path(name).toFile())) {
            String entry = name.replace(".bin", "") + "/data.pkl";
            pickle = zip.getInputStream(zip.getEntry(entry)).readAllBytes();
        }
        int refused = Mutations.run(pickle, seed, MOST_BYTES, bytes -> {
            StateDictObjects objects = new StateDictObjects("file");
            PickleInput in = new PickleInput(new ByteArrayInputStream(bytes), "file");
            assertThat(new Unpickler(in, "file", objects).read()).isNotNull();
        });
        assertThat(refused).isGreaterThan(Mutations.COUNT / 4);
    }
}
