package org.jelectra.io.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jelectra.Mutations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged checkpoints are refused with a message or read; nothing else happens. */
@Tag("every-jdk")
class TensorBundleFuzzTest {

    private static final long MOST_BYTES = 32 << 20;

    @TempDir
    Path folder;

    /** With checksums that are right, as the others are refused for those. */
    @Test
    void damagedBlocks() throws IOException {
        Path prefix = folder.resolve("model");
        Files.write(folder.resolve("model.data-00000-of-00001"), new byte[96]);
        Map<String, byte[]> entries = new TreeMap<>(Map.of("", TestBundle.header(1, 0, 0)));
        int checksum = TestBundle.masked(new byte[24]);
        for (String name : List.of("layer_0/bias", "layer_0/kernel", "layer_1/bias", "layer_1/kernel")) {
            entries.put(name, TestBundle.entry(1, new int[] {2, 3}, 0, 24 * (entries.size() - 1), 24, checksum));
        }
        int refused = Mutations.run(TestBundle.contents(entries), 51, MOST_BYTES, bytes -> {
            TestBundle.indexOf(prefix, bytes);
            try (TensorBundle bundle = TensorBundle.open(prefix)) {
                for (String tensor : bundle.names()) {
                    if (bundle.dtype(tensor).contains("F")) {
                        bundle.floats(tensor);
                    }
                }
            }
        });
        assertThat(refused).isBetween(Mutations.COUNT / 4, Mutations.COUNT - 1);
    }
}
