package org.jelectra.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/check-machine-code} with a disassembler that prints what it is given. */
class CheckMachineCodeTest {

    private static final String PRODUCT = "HGMMA.64x8x16.F32.BF16 R24, R40, gdesc[UR8], R24, gsb0";

    private static final String WAIT = "WARPGROUP.DEPBAR.LE gsb0, 0x0";

    @TempDir
    private Path folder;

    private Path disassembler;

    @BeforeEach
    void disassembler() throws IOException, InterruptedException {
        assumeTrue(run("python3", "--version") == 0, "needs python3");
        disassembler = folder.resolve("nvdisasm");
        Files.writeString(disassembler, "#!/bin/sh\ncat \"$2\"\n");
        assertThat(disassembler.toFile().setExecutable(true)).isTrue();
    }

    private int run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("printed").toFile());
        builder.environment().put("NVDISASM", String.valueOf(disassembler));
        try {
            Process process = builder.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (IOException e) {
            return -1; // there is no such program
        }
    }

    /** Checks a kernel of these instructions, and returns what was printed behind the exit code. */
    private String check(String... instructions) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder(".text.k:\n");
        for (int i = 0; i < instructions.length; i++) {
            text.append("        /*%04x*/                   %s ;%n".formatted(16 * i, instructions[i]));
        }
        Path code = folder.resolve("k.cubin");
        Files.writeString(code, text);
        int exit = run("python3", "-B", "tools/check-machine-code", code.toString());
        return exit + " " + Files.readString(folder.resolve("printed"));
    }

    @Test
    void registersThatNothingTouchesFromTheFenceToTheWait() throws Exception {
        assertThat(check("MOV R40, RZ", "WARPGROUP.ARRIVE", "MOV R9, R40", PRODUCT, PRODUCT, WAIT, "MOV R9, R24"))
                .isEqualTo("0 k.cubin k: 2 products, nothing found\n");
    }

    @Test
    void aSumUsedBeforeTheWait() throws Exception {
        assertThat(check("WARPGROUP.ARRIVE", PRODUCT, "MOV R9, R27", WAIT))
                .startsWith("1 k.cubin k: 0x10 " + PRODUCT + ": 0x20 MOV R9, R27: R27\n");
    }

    @Test
    void aFactorWrittenBehindTheFence() throws Exception {
        assertThat(check("WARPGROUP.ARRIVE", "MOV R41, RZ", PRODUCT, WAIT))
                .startsWith("1 k.cubin k: 0x20 " + PRODUCT + ": 0x10 MOV R41, RZ: R41, with no fence behind it\n");
    }

    @Test
    void codeWithoutProducts() throws Exception {
        assertThat(check("EXIT")).startsWith("2 check-machine-code: no products in 1 files: ");
    }
}
