package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochPlanTest {

    private static List<int[]> plan(long seed, int epoch) {
        return EpochPlan.batches(1003, i -> 5 + i * 7 % 100, 8, seed, epoch);
    }

    @Test
    void everyExampleOnceAndSimilarLengthsTogether() {
        List<int[]> batches = plan(1, 0);
        assertThat(batches).hasSize(126);
        assertThat(batches.stream().flatMapToInt(Arrays::stream).sorted().toArray())
                .isEqualTo(IntStream.range(0, 1003).toArray());
        double spread = batches.stream()
                .mapToInt(batch -> {
                    var lengths = Arrays.stream(batch).map(i -> 5 + i * 7 % 100).summaryStatistics();
                    return lengths.getMax() - lengths.getMin();
                })
                .average()
                .orElseThrow();
        assertThat(spread).isLessThan(15);
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 1 << 26, 1 << 27, Integer.MAX_VALUE})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aBatchMayHaveRoomForAll(int batchSize) {
        assertThat(EpochPlan.batches(7, i -> i, batchSize, 1, 0))
                .singleElement()
                .isEqualTo(new int[] {0, 1, 2, 3, 4, 5, 6});
    }

    @Test
    void theOrderIsAFunctionOfSeedAndEpoch() {
        assertThat(plan(1, 0).toArray(int[][]::new)).isDeepEqualTo(plan(1, 0).toArray(int[][]::new));
        assertThat(plan(1, 0).get(0)).isNotEqualTo(plan(1, 1).get(0));
        assertThat(plan(1, 0).get(0)).isNotEqualTo(plan(2, 0).get(0));
    }
}
