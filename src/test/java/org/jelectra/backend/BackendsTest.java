package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.jelectra.LogMessages;
import org.jelectra.gpu.GpuUnavailableException;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

class BackendsTest {

    @Test
    void everyBackendIsListedWithWhatItIsOrWhyItIsNot() {
        List<Availability> all = Backends.available();

        assertThat(all).extracting(Availability::name).containsExactly("cuda", "cpu");
        assertThat(all)
                .allSatisfy(each -> assertThat(each.description()).isNotBlank().doesNotContain("\n"));
        assertThat(all.get(1).available()).isTrue();
        assertThat(all.get(1).toString()).startsWith("cpu: ");
    }

    @Test
    void autoTakesTheFirstThatCanRun() {
        List<Availability> all = Backends.available();
        String expected = all.stream()
                .filter(Availability::available)
                .findFirst()
                .orElseThrow()
                .name();
        try (Backend backend = Backends.open(Backends.AUTO, 1)) {
            assertThat(backend.name()).isEqualTo(expected);
        }
    }

    @Test
    void aForcedBackendFailsWithTheReasonInsteadOfFallingBack() {
        Availability cuda = Backends.available().get(0);
        assumeTrue(!cuda.available(), "this machine can run the backend cuda");

        assertThat(cuda.toString()).startsWith("cuda: not available, ");
        for (String name : List.of(Backends.CUDA, Backends.AUTO)) {
            assertThatThrownBy(() -> Backends.open(name, 1, DType.BFLOAT16))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("the backend cuda cannot run here: " + cuda.description()
                            + "; the backend cpu can, in float32")
                    .hasCauseInstanceOf(GpuUnavailableException.class);
        }
        try (Backend backend = Backends.open(Backends.AUTO, 1, DType.FLOAT32)) {
            assertThat(backend.name()).isEqualTo("cpu");
        }
    }

    /** A program that loads ten models opens ten backends. */
    @Test
    void whyItIsNotOnAGpuIsToldOnce() {
        assumeTrue(!Backends.available().get(0).available(), "this machine can run the backend cuda");
        List<String> messages = LogMessages.of(Backends.class, () -> {
            for (int i = 0; i < 3; i++) {
                Backends.open(Backends.AUTO, 1).close();
            }
        });
        // none where another test of this process has opened one
        assertThat(messages).hasSizeLessThanOrEqualTo(1).allMatch(text -> text.startsWith("computing on the backend"));
    }

    @Test
    void wrongChoicesAreRejected() {
        assertThatThrownBy(() -> Backends.open("tpu", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no backend is named 'tpu'; there are auto, cpu and cuda");
        assertThatThrownBy(() -> Backends.open(Backends.CPU, 0))
                .hasMessage("the number of threads must be positive, got 0");
        assertThatThrownBy(() -> Backends.open(Backends.CPU, 1, DType.BFLOAT16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the backend cpu computes in float32; bf16 needs the backend cuda");
    }
}
