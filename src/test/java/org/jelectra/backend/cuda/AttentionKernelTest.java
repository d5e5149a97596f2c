package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.backend.AttentionShape;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;

/** Which sequences have one kernel for all gradients, on devices with the shared memory of an H200, an A100 and one of 8.6. */
class AttentionKernelTest {

    private static final int H200 = 227 << 10;
    private static final int A100 = 163 << 10;
    private static final int SMALL = 99 << 10;

    private static boolean isWhole(int batch, int length, int heads, int size, int sharedLimit) {
        AttentionShape shape = new AttentionShape(batch, length, heads, size);
        return AttentionKernel.backwardWhole(shape, DType.BFLOAT16, sharedLimit, 132) != null;
    }

    @Test
    void asLongAsTheSharedMemoryHasRoom() {
        assertThat(isWhole(64, 512, 12, 64, H200)).isTrue();
        assertThat(isWhole(64, 513, 12, 64, H200)).isFalse();
        assertThat(isWhole(64, 256, 12, 64, A100)).isTrue();
        assertThat(isWhole(64, 289, 12, 64, A100)).isFalse();
        assertThat(isWhole(64, 129, 12, 64, SMALL)).isFalse();
        assertThat(isWhole(64, 128, 12, 64, SMALL)).isTrue();
    }

    @Test
    void ofOneHeadSize() {
        assertThat(isWhole(64, 129, 12, 33, H200)).isTrue();
        assertThat(isWhole(64, 129, 12, 32, H200)).isFalse();
        assertThat(isWhole(64, 129, 12, 65, H200)).isFalse();
    }

    /** Where heads are few, several blocks for each fill more of the device; up to 128 tokens there is one either way. */
    @Test
    void whereHeadsAreHalfTheMultiprocessorsAtLeast() {
        assertThat(isWhole(11, 512, 6, 64, H200)).isTrue();
        assertThat(isWhole(13, 512, 5, 64, H200)).isFalse();
        assertThat(isWhole(1, 128, 1, 64, H200)).isTrue();
    }
}
