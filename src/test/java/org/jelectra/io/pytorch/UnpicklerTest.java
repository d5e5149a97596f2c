package org.jelectra.io.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single opcodes, a character each of the bytes; the files of {@link PyTorchReaderTest} are too small to have them all. */
@Tag("every-jdk")
class UnpicklerTest {

    private static final String TENSOR = "ctorch._utils\n_rebuild_tensor_v2\n";

    private static Object read(String pickle) throws IOException {
        PickleInput in = new PickleInput(new ByteArrayInputStream(bytes(pickle)), "file");
        return new Unpickler(in, "file", new StateDictObjects("file")).read();
    }

    private static byte[] bytes(String pickle) {
        return pickle.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A persistent storage of floats, its number of elements as an opcode. */
    private static String storage(String key, String count) {
        return "(U\u0007storagectorch\nFloatStorage\nU\u0001" + key + "U\u0003cpu" + count + "NtQ";
    }

    @Test
    void numbers() throws IOException {
        assertThat(read("K\u00c8.")).isEqualTo(200L);
        assertThat(read("M\u0002\u0001.")).isEqualTo(258L);
        assertThat(read("J\u00fe\u00ff\u00ff\u00ff.")).isEqualTo(-2L);
        assertThat(read("J\u0000\u0040\u0077\u0000.")).isEqualTo(7_815_168L);
        assertThat(read("\u008a\u0000.")).isEqualTo(0L);
        assertThat(read("\u008a\u0001\u00ff.")).isEqualTo(-1L);
        assertThat(read("\u008a\u0002\u00ff\u0000.")).isEqualTo(255L);
        assertThat(read("\u008b\u0002\u0000\u0000\u0000\u0000\u0080.")).isEqualTo(-32768L);
        String ones = "\u00ff".repeat(7);
        assertThat(read("\u008a\u0008" + ones + "\u007f.")).isEqualTo(Long.MAX_VALUE);
        assertThat(read("\u008a\u0009" + ones + "\u00ff\u0000."))
                .isEqualTo(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE));
        assertThat(read("G\u003f\u00f8\u0000\u0000\u0000\u0000\u0000\u0000.")).isEqualTo(1.5);
    }

    @Test
    void textsAndConstants() throws IOException {
        assertThat(read("X\u0003\u0000\u0000\u0000a\u00c3\u00a9.")).isEqualTo("aé");
        assertThat(read("\u008c\u0002ab.")).isEqualTo("ab");
        assertThat(read("\u008d\u0002\u0000\u0000\u0000\u0000\u0000\u0000\u0000ab."))
                .isEqualTo("ab");
        assertThat(read("U\u0002ab.")).isEqualTo("ab");
        assertThat(read("T\u0002\u0000\u0000\u0000ab.")).isEqualTo("ab");
        assertThat(read("(N\u0088\u0089t.")).isEqualTo(List.of(Unpickler.NONE, true, false));
    }

    @Test
    void whatIsRememberedAndForgotten() throws IOException {
        assertThat(read("K\u0005r\u002c\u0001\u0000\u00000j\u002c\u0001\u0000\u0000."))
                .isEqualTo(5L);
        assertThat(read("K\u0005\u0094K\u0006\u0094h\u0000.")).isEqualTo(5L);
        assertThat(read("K\u0001(NN1.")).isEqualTo(1L);
        assertThat(read("\u0080\u0005\u0095\u0003\u0000\u0000\u0000\u0000\u0000\u0000\u0000K\u0001."))
                .isEqualTo(1L);
    }

    @Test
    void containers() throws IOException {
        assertThat(read("]K\u0001a(K\u0002K\u0003e.")).isEqualTo(List.of(1L, 2L, 3L));
        assertThat(read("}K\u0001\u0088s(U\u0001aK\u0002u.")).isEqualTo(Map.of(1L, true, "a", 2L));
        assertThat(read("}Nb.")).isEqualTo(Map.of());
        assertThat(read("\u008c\u000bcollections\u008c\u000bOrderedDict\u0093."))
                .isEqualTo(AllowedGlobal.ORDERED_DICT);
        assertThat(read("ccollections\nOrderedDict\n(](U\u0001aK\u0001tatR."))
                .as("as Python 2 writes it")
                .isEqualTo(Map.of("a", 1L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\u0080\u0001. | a pickle of protocol 1, expected 2 to 5",
                "\u0080\u0006. | a pickle of protocol 6, expected 2 to 5",
                "K\u0001(0. | its pickle takes a value that is not there, at byte 4",
                "t. | its pickle goes back to a mark that is not there, at byte 1",
                "h\u0003. | its pickle recalls value 3, which it has not stored",
                "}(K\u0001u. | its pickle sets a key without a value",
                "}]K\u0001s. | a list as the key of a dictionary, expected a name",
                "}NK\u0001s. | None as the key of a dictionary, expected a name",
                "K\u0001K\u0001a. | its pickle appends to a number, expected a list",
                "\u0088NK\u0001s. | its pickle sets items of true, expected a dictionary",
                "K\u0001Nb. | its pickle sets attributes of a number",
                "i. | not the pickle of a state dict: opcode 0x69 at byte 0",
                "K\u0001)R. | its pickle calls a number, expected one of the functions of a state dict"
            })
    void whatNoStateDictHas(String pickle, String message) {
        refused(pickle, message);
    }

    @Test
    void objectsThatDoNotFit() {
        refused("ctorch._utils\n_rebuild_parameter\n)R.", "a parameter without its tensor");
        refused("ctorch\nFloatStorage\n)R.", "its pickle calls torch.FloatStorage, which is only a type");
        refused("ccollections\nOrderedDict\n(K\u0001tR.", "an OrderedDict of a number");
        refused("ccollections\nOrderedDict\n(](U\u0001atatR.", "an OrderedDict of a list, expected pairs");
        refused(
                storage("0", "K\u0004").replace("NtQ", "U\u0001vtQ."),
                "a reference to something that is not a storage");
        refused(
                storage("0", "K\u0004") + storage("0", "K\u0005") + ".",
                "storage 0 is both F32 of 4 elements and F32 of 5");
        refused(
                storage("0", "J\u00ff\u00ff\u00ff\u00ff") + ".",
                "size of storage 0: expected a number from 0 to 2^63 - 2, found -1");
        refused(
                storage("0", "\u008a\u0008" + "\u00ff".repeat(6) + "\u00ff\u001f") + ".",
                "storage 0 has 2305843009213693951 elements, more than any file holds");
        refused(TENSOR + "(K\u0001tR.", "a tensor without its storage");
        String floats = TENSOR + "(" + storage("0", "K\u0006");
        refused(
                floats + "K\u0000(K\u0006t(K\u0003K\u0001ttR.",
                "a tensor of storage 0 has shape [6] and strides [3, 1], expected as many of both");
        refused(
                floats + "K\u0001(K\u0002K\u0003t(K\u0003K\u0001ttR.",
                "a tensor of storage 0 does not fit its 6 elements: offset 1, shape [2, 3], strides [3, 1]");
    }

    /** Lists that hold each other, and lists of lists whose text would fill any memory. */
    @Test
    void whatNamesNoGlobal() {
        String message = "its pickle names a global by a list, expected two strings";
        refused("]q\u0000]q\u0001h\u0000aah\u0001\u0093.", message);
        StringBuilder doubling = new StringBuilder("]q\u0000");
        for (char i = 0; i < 40; i++) {
            doubling.append("]q").append((char) (i + 1));
            doubling.append("h").append(i).append("ah").append(i).append("a");
        }
        refused(doubling + "U\u0001n\u0093.", message);
        refused("U\u0001mK\u0001\u0093.", "its pickle names a global by a number, expected two strings");
    }

    @Test
    void shapesAndNumbersOfAnyLength() {
        String floats = TENSOR + "(" + storage("0", "K\u0006") + "K\u0000";
        refused(
                floats + "(" + "K\u0001".repeat(65) + "t)tR.",
                "shape of a tensor of storage 0: expected at most 64 numbers, found 65");
        String large = "\u008b\u00a0\u0086\u0001\u0000" + "\u007f".repeat(100_000);
        refused(
                storage("0", large) + ".",
                "size of storage 0: expected a number from 0 to 2^63 - 2, found one of 800000 bits");
    }

    private static void refused(String pickle, String message) {
        assertThatThrownBy(() -> read(pickle))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("file: " + message);
    }

    /** 1.2 MB, which are read in two pieces, with numbers of 32 bits in the pickle, and its transpose. */
    @Test
    void aLargeTensor(@TempDir Path folder) throws IOException {
        int rows = 600;
        int columns = 500;
        ByteBuffer numbers = ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows * columns; i++) {
            numbers.putFloat(i);
        }
        String stored = storage("0", "J\u00e0\u0093\u0004\u0000");
        String pickle = "\u0080\u0002}(U\u0001w" + TENSOR + "(" + stored
                + "K\u0000(M\u0058\u0002M\u00f4\u0001t(M\u00f4\u0001K\u0001ttR"
                + "U\u0001t" + TENSOR + "(" + stored
                + "K\u0000(M\u00f4\u0001M\u0058\u0002t(K\u0001M\u00f4\u0001ttRu.";
        Path file = folder.resolve("large.bin");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            store(zip, "large/data.pkl", bytes(pickle));
            store(zip, "large/data/0", numbers.array());
        }
        try (PyTorchReader reader = PyTorchReader.open(file)) {
            float[] whole = reader.floats("w");
            float[] transposed = reader.floats("t");
            assertThat(whole).hasSize(rows * columns);
            for (int i = 0; i < whole.length; i++) {
                assertThat(whole[i]).isEqualTo(i);
                assertThat(transposed[i % columns * rows + i / columns]).isEqualTo(i);
            }
        }
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
