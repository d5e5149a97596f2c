package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
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
                .singleElement(InstanceOfAssertFactories.INT_ARRAY)
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void theOrderIsAFunctionOfSeedAndEpoch() {
        assertThat(plan(1, 0).toArray(int[][]::new)).isDeepEqualTo(plan(1, 0).toArray(int[][]::new));
        assertThat(plan(1, 0).get(0)).isNotEqualTo(plan(1, 1).get(0));
        assertThat(plan(1, 0).get(0)).isNotEqualTo(plan(2, 0).get(0));
    }

    /** Few examples, all of different lengths: sorted at once they would meet in the same batches again. */
    @Test
    void fewExamplesMeetOthersInEachEpoch() {
        Set<Set<Integer>> seen = new HashSet<>();
        Set<Set<Integer>> last = new HashSet<>();
        for (int epoch = 0; epoch < 3; epoch++) {
            for (int[] batch : EpochPlan.batches(515, i -> i, 16, 1, epoch)) {
                Set<Integer> examples = Arrays.stream(batch).boxed().collect(Collectors.toSet());
                assertThat(seen.add(examples)).isTrue();
                if (examples.size() == 3) {
                    last.add(examples);
                }
            }
        }
        assertThat(last).hasSize(3);
        assertThat(last.stream().flatMap(Set::stream).mapToInt(i -> i).min().orElseThrow())
                .isLessThan(400);
    }

    /** Of examples that share a batch few do so again: by chance 15 of 514, as pools are sorted 0.08. */
    @Test
    void fewPairsMeetAgain() {
        long again = 0;
        int[] batchOf = new int[515];
        List<int[]> first = EpochPlan.batches(515, i -> i, 16, 1, 0);
        for (int b = 0; b < first.size(); b++) {
            for (int example : first.get(b)) {
                batchOf[example] = b;
            }
        }
        long pairs = 0;
        for (int[] batch : EpochPlan.batches(515, i -> i, 16, 1, 1)) {
            for (int i = 0; i < batch.length; i++) {
                for (int j = 0; j < i; j++) {
                    pairs++;
                    again += batchOf[batch[i]] == batchOf[batch[j]] ? 1 : 0;
                }
            }
        }
        assertThat((double) again / pairs).isLessThan(0.1);
    }
}
