package org.jelectra.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class SafetensorsMalformedTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {                                                              | 0 | header is not valid JSON
            []                                                             | 0 | header is not valid JSON
            {} {}                                                          | 0 | header is not valid JSON
            {'a':{'dtype':'F31','shape':[1],'data_offsets':[0,4]}}         | 4 | "a": unknown dtype "F31", expected one of [F64, F32
            {'a':{'dtype':32,'shape':[1],'data_offsets':[0,4]}}            | 4 | "a": dtype: expected a string, found NUMBER
            {'a':{'shape':[1],'data_offsets':[0,4]}}                       | 4 | "a": expected dtype, shape and data_offsets, found no dtype
            {'a':{'dtype':'F32','data_offsets':[0,4]}}                     | 4 | found no shape
            {'a':{'dtype':'F32','shape':[1]}}                              | 4 | found no data_offsets
            {'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}           | 4 | "a": shape: expected an array, found NUMBER
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}}           | 4 | "a": data_offsets: expected [begin, end], found [0]
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}         | 4 | expected [begin, end], found [4, 0]
            {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}         | 4 | "a": shape [2] of F32 takes 8 bytes, but data_offsets span 4
            {'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}        | 4 | "a": shape: expected no negative number, found -1
            {'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}}       | 4 | expected integers of at most 63 bits, found 1.5
            {'a':{'dtype':'F32','shape':['1'],'data_offsets':[0,4]}}       | 4 | expected integers of at most 63 bits, found STRING
            {'a':{'dtype':'F32','shape':[9999999999999999999],'data_offsets':[0,4]}} | 4 | expected integers of at most 63 bits
            {'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,4]}} | 4 | exceeds 2^63 bytes
            {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}         | 4 | "a" ends at byte 8 of the data, but the file holds only 4 (truncated?)
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}         | 8 | "a" begins at byte 4 of the data, expected 0 (hole)
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}} | 6 | "b" begins at byte 2 of the data, expected 4 (overlap)
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | "a" appears twice
            {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}         | 9 | the tensors end at byte 4 of the data, but the file holds 9
            {'__metadata__':{'format':1}}                                  | 0 | __metadata__ "format": expected a string, found NUMBER
            """)
    void malformedHeader(String header, int dataBytes, String expected) throws IOException {
        Path file = write(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8), dataBytes);
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(expected);
    }

    @Test
    void truncatedFiles() throws IOException {
        Path file = folder.resolve("short");
        Files.write(file, new byte[7]);
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": not a safetensors file: expected at least 8 bytes, found 7");
        Files.write(file, length(50));
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .hasMessage(file + ": truncated: the header takes 50 bytes, but only 0 follow its length");
        Files.write(file, length(100_000_001));
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .hasMessageContaining("header length 100000001 exceeds the limit of 100000000");
        Files.write(file, length(-1));
        assertThatThrownBy(() -> SafetensorsReader.open(file))
                .hasMessageContaining("header length 18446744073709551615 exceeds");
        assertThatThrownBy(() -> SafetensorsReader.open(write(new byte[] {'{', (byte) 0xff, '}'}, 0)))
                .hasMessageContaining("it is not UTF-8");
    }

    @Test
    void convertsOtherTypes() throws IOException {
        String header = "{'f16':{'dtype':'F16','shape':[5],'data_offsets':[0,10]},"
                + "'bf16':{'dtype':'BF16','shape':[2],'data_offsets':[10,14]},"
                + "'f64':{'dtype':'F64','shape':[],'data_offsets':[14,22]},"
                + "'i32':{'dtype':'I32','shape':[2],'data_offsets':[22,30]}}";
        Path file = write(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8), 30);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer data = ByteBuffer.wrap(bytes, bytes.length - 30, 30).order(ByteOrder.LITTLE_ENDIAN);
        for (int half : new int[] {0x3c00, 0xc000, 0x0001, 0x7c00, 0x7bff}) {
            data.putShort((short) half);
        }
        data.putShort((short) 0x3f80)
                .putShort((short) 0xc040)
                .putDouble(0.1)
                .putInt(-5)
                .putInt(7);
        Files.write(file, bytes);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.floats("f16")).containsExactly(1f, -2f, 0x1p-24f, Float.POSITIVE_INFINITY, 65504f);
            assertThat(reader.floats("bf16")).containsExactly(1f, -3f);
            assertThat(reader.floats("f64")).containsExactly(0.1f);
            assertThat(reader.longs("i32")).containsExactly(-5, 7);
        }
    }

    private static byte[] length(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    private Path write(byte[] header, int dataBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        Path file = folder.resolve("file.safetensors");
        Files.write(file, bytes.array());
        return file;
    }
}
