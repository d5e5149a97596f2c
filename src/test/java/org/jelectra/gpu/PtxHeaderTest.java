package org.jelectra.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.gpu.PtxHeader.Entry;
import org.jelectra.gpu.PtxHeader.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PtxHeaderTest {

    private static PtxHeader parse(String text) {
        return PtxHeader.parse("test.ptx", text.getBytes(StandardCharsets.US_ASCII));
    }

    private static DeviceProperties device(int capability) {
        return new DeviceProperties("Device", capability, 1, 1 << 30, 0, 48 << 10);
    }

    static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/org/jelectra/kernels"))) {
            return files.filter(file -> file.toString().endsWith(".ptx"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void readsWhatNvccWrites() {
        PtxHeader header = parse("""
                // sha256 of something: 00
                .version 8.0
                .target sm_80
                .address_size 64

                .visible .entry first(
                	.param .u64 .ptr .align 1 first_param_0,
                	.param .f32 first_param_1,
                	.param .align 8 .b8 first_param_2[24],
                	.param .u8 first_param_3
                )
                .maxntid 256
                {
                	ret;
                }
                .visible .entry second()
                .maxntid 32, 3, 1
                .minnctapersm 2
                {
                	ret;
                }
                .entry third { ret; }
                """);

        assertThat(header.version()).isEqualTo(80);
        assertThat(header.target()).isEqualTo(80);
        assertThat(header.architectureSpecific()).isFalse();
        assertThat(header.kernels())
                .isEqualTo(Map.of(
                        "first",
                        new Entry(
                                List.of(
                                        new Parameter("first_param_0", 8),
                                        new Parameter("first_param_1", 4),
                                        new Parameter("first_param_2", 24),
                                        new Parameter("first_param_3", 1)),
                                256),
                        "second",
                        new Entry(List.of(), 96),
                        "third",
                        new Entry(List.of(), 0)));
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void readsEveryKernelThatShips(Path file) throws IOException {
        PtxHeader header = PtxHeader.parse(file.toString(), Files.readAllBytes(file));

        assertThat(header.version()).isEqualTo(80);
        long declared = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("\t.param "))
                .count();
        assertThat(header.kernels().values().stream()
                        .mapToLong(kernel -> kernel.parameters().size())
                        .sum())
                .isEqualTo(declared);
        assertThat(header.kernels()).isNotEmpty();
        assertThat(header.kernels().values()).allSatisfy(kernel -> {
            assertThat(kernel.blockThreads()).isBetween(32, 1024);
            assertThat(kernel.parameters())
                    .isNotEmpty()
                    .allSatisfy(parameter -> assertThat(parameter.bytes()).isIn(4, 8));
        });
    }

    @ParameterizedTest
    @CsvSource({"sm_80, 80, true", "sm_80, 90, true", "sm_80, 75, false", "sm_90a, 90, true", "sm_90a, 100, false"})
    void knowsWhichDevicesRunIt(String target, int capability, boolean runs) {
        PtxHeader header = parse(".version 8.0\n.target " + target + "\n");
        if (runs) {
            header.requireDevice(device(capability));
            assertThat(header.architectureSpecific()).isEqualTo(target.endsWith("a"));
        } else {
            assertThatThrownBy(() -> header.requireDevice(device(capability)))
                    .isInstanceOf(GpuModuleException.class)
                    .hasMessageStartingWith("module test.ptx needs a device of compute capability ")
                    .hasMessageEndingWith(", Device has " + capability / 10 + "." + capability % 10);
        }
    }

    @Test
    void otherTextIsRejected() {
        assertThatThrownBy(() -> parse("int main() {}"))
                .isInstanceOf(GpuModuleException.class)
                .hasMessage("module test.ptx is not PTX: it has no .version and .target;"
                        + " nvcc -ptx makes it of CUDA C++");
    }
}
