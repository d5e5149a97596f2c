package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.backend.AttentionShape;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** The keys' gradient reads the statistics of whole chunks of 32 queries, which the queries' gradient has to have written. */
    @ParameterizedTest
    @ValueSource(ints = {H200, A100, SMALL})
    void queriesLeaveTheStatisticsThatKeysRead(int sharedLimit) {
        for (int size : new int[] {8, 64, 65, 128}) {
            for (int length = 1; length <= 600; length++) {
                AttentionShape shape = new AttentionShape(1, length, 1, size);
                AttentionKernel kernel = AttentionKernel.backwardQueries(shape, DType.BFLOAT16, sharedLimit);
                int covered = kernel.rows() * ((length + kernel.rows() - 1) / kernel.rows());
                assertThat(covered)
                        .as("%s by blocks of %d", shape, kernel.rows())
                        .isGreaterThanOrEqualTo((length + 31) / 32 * 32);
            }
        }
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
