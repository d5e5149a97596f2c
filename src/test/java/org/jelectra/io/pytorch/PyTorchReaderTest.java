package org.jelectra.io.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.CRC32;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that PyTorch wrote, in both containers. */
@Tag("every-jdk")
class PyTorchReaderTest {

    private static float[] numbers(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (i - 3) / 2f;
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"types-zip.bin", "types-legacy.bin"})
    void everyType(String name) throws IOException {
        try (PyTorchReader file = PyTorchReader.open(TestFiles.path(name))) {
            assertThat(file.names())
                    .containsExactly(
                            "float64",
                            "float32",
                            "float16",
                            "bfloat16",
                            "int64",
                            "int32",
                            "int16",
                            "int8",
                            "uint8",
                            "bool",
                            "scalar",
                            "empty",
                            "parameter");
            assertThat(file.names().stream().map(file::dtype))
                    .containsExactly(
                            "F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL", "F32", "F32", "F32");
            assertThat(file.floats("float64")).containsExactly(numbers(7));
            assertThat(file.floats("float32")).containsExactly(numbers(6));
            assertThat(file.shape("float32")).containsExactly(2, 3);
            assertThat(file.floats("float16")).containsExactly(numbers(5));
            assertThat(file.floats("bfloat16")).containsExactly(numbers(9));
            assertThat(file.shape("bfloat16")).containsExactly(3, 1, 3);
            assertThat(file.shape("int64")).containsExactly(1, 4);
            assertThat(file.floats("scalar")).containsExactly(2.5f);
            assertThat(file.shape("scalar")).isEmpty();
            assertThat(file.floats("empty")).isEmpty();
            assertThat(file.shape("empty")).containsExactly(0, 3);
            assertThat(file.floats("parameter")).containsExactly(numbers(4));
            assertThat(file.contains("float32")).isTrue();
            assertThat(file.contains("float8")).isFalse();
            assertThatThrownBy(() -> file.floats("int64"))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith("tensor \"int64\" has dtype I64, expected F32, F64, F16 or BF16");
            assertThatThrownBy(() -> file.floats("float8")).isInstanceOf(NoSuchElementException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"views-zip.bin", "views-legacy.bin"})
    void viewsOfOneStorage(String name) throws IOException {
        float[] base = numbers(24);
        try (PyTorchReader file = PyTorchReader.open(TestFiles.path(name))) {
            assertThat(file.floats("weight")).containsExactly(1, 2);
            assertThat(file.floats("bias")).containsExactly(3);
            assertThat(file.floats("whole")).containsExactly(base);
            assertThat(file.floats("tied")).containsExactly(base);
            assertThat(file.shape("transposed")).containsExactly(6, 4);
            assertThat(file.floats("transposed")).containsExactly(gather(base, 0, new int[] {6, 4}, new int[] {1, 6}));
            assertThat(file.floats("rows")).containsExactly(gather(base, 6, new int[] {2, 6}, new int[] {6, 1}));
            assertThat(file.floats("columns")).containsExactly(gather(base, 2, new int[] {4, 3}, new int[] {6, 1}));
            assertThat(file.floats("steps")).containsExactly(gather(base, 1, new int[] {2, 2}, new int[] {12, 3}));
            assertThat(file.floats("expanded")).containsExactly(base[0]);
        }
    }

    private static float[] gather(float[] base, int offset, int[] shape, int[] strides) {
        float[] values = new float[shape[0] * shape[1]];
        for (int i = 0; i < shape[0]; i++) {
            for (int j = 0; j < shape[1]; j++) {
                values[i * shape[1] + j] = base[offset + i * strides[0] + j * strides[1]];
            }
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"system-zip.bin", "system-legacy.bin"})
    void codeIsRefused(String name) {
        refused(name, "refused, because its pickle asks for posix.system, which a state dict does not need");
        assertThat(Path.of("executed-by-mistake")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip", "legacy"})
    void anythingButTensorsByNameIsRefused(String container) {
        refused("epoch-" + container + ".bin", "tensors by name, found a number as \"epoch\"");
        refused("nested-" + container + ".bin", "tensors by name, found a dictionary as \"state_dict\"");
        refused("module-" + container + ".bin", "its pickle asks for torch.nn.modules.linear.Linear");
        refused("tensor-" + container + ".bin", "expected a state dict, that is tensors by name, found a tensor");
        refused(
                "expanded-" + container + ".bin",
                "does not fit its 3 elements: offset 0, shape [5, 3], strides [0, 1]");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        refused("pickle.bin", "the pickle does not begin with its magic number");
        refused("generate.py", "expected a zip archive or a pickle of protocol 2, found neither");
    }

    private static void refused(String name, String message) {
        Path path = TestFiles.path(name);
        assertThatThrownBy(() -> PyTorchReader.open(path))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(path.toString())
                .hasMessageContaining(message);
    }

    /** In the zip container; the one before it has no checksums. Of a view's storage all bytes count, its own or not. */
    @ParameterizedTest
    @CsvSource({"data.pkl, rows", "data/2, rows", "data/2, whole", "data/0, weight"})
    void changedBytesAreFound(String entry, String tensor, @TempDir Path folder) throws IOException {
        byte[] bytes = Files.readAllBytes(TestFiles.path("views-zip.bin"));
        byte[] content = content("views-zip/" + entry);
        bytes[indexOf(bytes, content) + content.length - 1] ^= 1;
        Path file = Files.write(folder.resolve("changed.bin"), bytes);
        assertThatThrownBy(() -> {
                    try (PyTorchReader reader = PyTorchReader.open(file)) {
                        reader.floats(tensor);
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": damaged: expected checksum ")
                .hasMessageContaining(" of entry views-zip/" + entry + ", found ");
    }

    /** {@code torch.serialization.set_crc32_options(False)} leaves zeros. */
    @Test
    void checksumsMayBeLeftOut(@TempDir Path folder) throws IOException {
        byte[] bytes = Files.readAllBytes(TestFiles.path("views-zip.bin"));
        for (String entry : List.of("data.pkl", "data/0", "data/1", "data/2")) {
            CRC32 checksum = new CRC32();
            checksum.update(content("views-zip/" + entry));
            byte[] stored = ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt((int) checksum.getValue())
                    .array();
            for (int at = indexOf(bytes, stored); at >= 0; at = indexOf(bytes, stored)) {
                Arrays.fill(bytes, at, at + 4, (byte) 0);
            }
        }
        Path file = Files.write(folder.resolve("unchecked.bin"), bytes);
        try (PyTorchReader reader = PyTorchReader.open(file)) {
            assertThat(reader.floats("whole")).containsExactly(numbers(24));
            assertThat(reader.floats("weight")).containsExactly(1, 2);
        }
    }

    private static byte[] content(String entry) throws IOException {
        try (ZipFile zip = new ZipFile(TestFiles.path("views-zip.bin").toFile())) {
            return zip.getInputStream(zip.getEntry(entry)).readAllBytes();
        }
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void everyTruncationIsRefused(@TempDir Path folder) throws IOException {
        for (String name : new String[] {"views-zip.bin", "views-legacy.bin"}) {
            byte[] whole = Files.readAllBytes(TestFiles.path(name));
            Path file = folder.resolve(name);
            for (int length = 0; length < whole.length; length += 1 + length / 100) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> PyTorchReader.open(file))
                        .as("%s cut at %d", name, length)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith(file.toString());
            }
        }
    }
}
