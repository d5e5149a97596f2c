package org.jelectra.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.cuda.ShippedKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The PTX in the jar is that of the sources beside it: PTX is committed, and only some have the compiler that builds it. */
class KernelSourcesTest {

    static List<String> modules() throws IOException {
        return KernelSources.names(KernelSources.SOURCES, ".cu");
    }

    @Test
    void everySourceHasPtxAndNoPtxIsWithoutSource() throws IOException {
        assertThat(modules()).isNotEmpty();
        assertThat(KernelSources.names(KernelSources.PTX, ".ptx")).isEqualTo(modules());
        assertThat(ShippedKernels.modules()).isEqualTo(modules());
    }

    @ParameterizedTest
    @MethodSource("modules")
    void ptxIsNotOlderThanItsSource(String module) throws IOException {
        Path ptx = KernelSources.PTX.resolve(module + ".ptx");
        assertThat(Files.readAllLines(ptx).get(0))
                .as("%s is older than its source: run tools/build-kernels %s", ptx, module)
                .isEqualTo("// sha256 of kernels/" + module + ".cu and what it includes: "
                        + KernelSources.hash(KernelSources.SOURCES, module));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void ptxNamesNoFilesOfTheMachineThatBuiltIt(String module) throws IOException {
        List<String> lines = Files.readAllLines(KernelSources.PTX.resolve(module + ".ptx"));
        assertThat(lines.subList(2, lines.size())).noneMatch(line -> line.contains("//") || line.contains(".file"));
    }

    /** Assemblers before CUDA 13.3 lose sight of products whose factor is in registers, if any wait leaves some products going on. */
    @ParameterizedTest
    @MethodSource("modules")
    void asynchronousProductsAreWaitedForTogether(String module) throws IOException {
        assertThat(Files.readString(KernelSources.PTX.resolve(module + ".ptx")))
                .doesNotContainPattern("wgmma\\.wait_group\\.sync\\.aligned\\s+[^0]");
    }

    /** Which compilers for 9.0 would make a conversion of an eighth of the others' rate: rounded() has a faster one. */
    @ParameterizedTest
    @MethodSource("modules")
    void nothingIsRoundedAndReadBackAsOneNumber(String module) throws IOException {
        String ptx = Files.readString(KernelSources.PTX.resolve(module + ".ptx"));
        assertThat(ptx)
                .doesNotContainPattern(
                        "cvt\\.rn\\.bf16\\.f32\\s+(%\\w+),[^;]*;[\\s{}]*cvt\\.f32\\.bf16\\s+%\\w+,\\s*\\1;");
    }

    /** Else the driver's compiler would fuse some of them, and equal bits in PTX would be other bits on a device. */
    @ParameterizedTest
    @MethodSource("modules")
    void productsAndSumsNameTheirRounding(String module) throws IOException {
        assertThat(Files.readString(KernelSources.PTX.resolve(module + ".ptx")))
                .doesNotContainPattern("\\b(add|sub|mul)\\.(ftz\\.)?f(32|64)\\b");
    }

    /**
     * As common/last_block.cuh has it: the fence before the count is for what the block has published, that behind it for what it
     * then reads of others. The simulator misses them where several blocks run; this misses them in every kernel.
     */
    @Test
    void countsOfBlocksAreBetweenFences() throws IOException {
        int counts = 0;
        for (String module : modules()) {
            // accesses to global memory, and what they cannot be seen past
            List<String> lines = Files.readAllLines(KernelSources.PTX.resolve(module + ".ptx")).stream()
                    .map(String::strip)
                    .filter(line -> line.matches("(?!cvta).*\\.global\\..*|membar.*|bar\\..*|.*\\bbra\\b.*|.*:"))
                    .toList();
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).matches(".*\\batom\\..*\\.inc\\..*")) {
                    counts++;
                    assertThat(List.of(lines.get(i - 1), lines.get(i + 1)))
                            .as("around %s of %s", lines.get(i), module)
                            .containsOnly("membar.gl;");
                }
            }
        }
        assertThat(counts).isPositive();
    }

    /** All of a kernel's names for it then are one place, whatever other shared memory it has. */
    @ParameterizedTest
    @MethodSource("modules")
    void dynamicSharedMemoryHasOneAlignment(String module) throws IOException {
        assertThat(Files.readAllLines(KernelSources.PTX.resolve(module + ".ptx")).stream()
                        .filter(line -> line.contains(".extern .shared"))
                        .map(line -> line.replaceFirst("\\.b8 .*", ""))
                        .distinct())
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void aChangeInAnIncludedFileChangesTheHash(@TempDir Path kernels) throws IOException {
        Path common = Files.createDirectory(kernels.resolve("common"));
        Files.writeString(kernels.resolve("f.cu"), "#include \"common/a.cuh\"\n#include <cuda_bf16.h>\n");
        Files.writeString(common.resolve("a.cuh"), "  #include \"b.cuh\"\n");
        Files.writeString(common.resolve("b.cuh"), "int b;\n");
        Files.writeString(common.resolve("unrelated.cuh"), "int u;\n");
        String before = KernelSources.hash(kernels, "f");

        Files.writeString(common.resolve("unrelated.cuh"), "int v;\n");
        assertThat(KernelSources.hash(kernels, "f")).isEqualTo(before);
        Files.writeString(common.resolve("b.cuh"), "int c;\n");
        assertThat(KernelSources.hash(kernels, "f")).isNotEqualTo(before);
    }
}
