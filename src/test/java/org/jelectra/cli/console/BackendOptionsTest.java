package org.jelectra.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Tag("every-jdk")
class BackendOptionsTest {

    @Command
    private static final class Options {
        @Mixin
        private BackendOptions backend = new BackendOptions();
    }

    private static BackendOptions parse(String... arguments) {
        Options options = new Options();
        new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
        return options.backend;
    }

    /** On a GPU, what was begun in float32 does not go on in bf16 unless that is asked for. */
    @Test
    void aRunGoesOnInItsPrecision() {
        BackendOptions unasked = parse();
        assertThat(unasked.admits(Backends.CUDA, DType.BFLOAT16)).isTrue();
        BackendOptions float32 = unasked.goingOnIn(DType.FLOAT32);
        assertThat(float32.admits(Backends.CUDA, DType.BFLOAT16)).isFalse();
        assertThat(float32.admits(Backends.CUDA, DType.FLOAT32)).isTrue();
        // another run of the same call is not bound by that
        for (DType values : new DType[] {DType.BFLOAT16, null}) {
            assertThat(unasked.goingOnIn(values).admits(Backends.CUDA, DType.BFLOAT16))
                    .isTrue();
        }
        BackendOptions asked = parse("--precision", "bf16").goingOnIn(DType.FLOAT32);
        assertThat(asked.admits(Backends.CUDA, DType.BFLOAT16)).isTrue();
        assertThat(asked.admits(Backends.CUDA, DType.FLOAT32)).isFalse();
        BackendOptions cpu = parse("--backend", "cpu", "--threads", "3").goingOnIn(DType.FLOAT32);
        assertThat(cpu.admits(Backends.CUDA, DType.FLOAT32)).isFalse();
        assertThat(cpu.threads()).isEqualTo(3);
    }

    @Test
    void theProcessorIsAskedForOrFound() {
        BackendOptions found = parse();
        assertThat(found.isOnCpuUnasked()).as("not opened yet").isFalse();
        found.open().close();
        BackendOptions asked = parse("--backend", "cpu");
        asked.open().close();
        assertThat(asked.isOnCpuUnasked()).isFalse();
        try (Backend auto = Backends.open(Backends.AUTO, 1)) {
            assertThat(found.isOnCpuUnasked()).isEqualTo(auto.name().equals(Backends.CPU));
        }
    }
}
