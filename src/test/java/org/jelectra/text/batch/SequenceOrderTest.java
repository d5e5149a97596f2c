package org.jelectra.text.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SequenceOrderTest {

    @Test
    void everyEpochIsAnotherPermutation() {
        SequenceOrder order = new SequenceOrder(1000, 3);
        int[] first = epoch(order, 0);
        int[] second = epoch(order, 1);
        assertThat(first).isNotEqualTo(second);
        for (int[] epoch : new int[][] {first, second}) {
            int[] sorted = epoch.clone();
            Arrays.sort(sorted);
            for (int i = 0; i < sorted.length; i++) {
                assertThat(sorted[i]).isEqualTo(i);
            }
        }
    }

    @Test
    void aFunctionOfSeedAndPosition() {
        SequenceOrder order = new SequenceOrder(100, 3);
        int[] late = epoch(order, 5_000_000_000L);
        int[] early = epoch(order, 0);
        assertThat(epoch(new SequenceOrder(100, 3), 0)).isEqualTo(early);
        assertThat(epoch(order, 5_000_000_000L)).isEqualTo(late);
        assertThat(epoch(new SequenceOrder(100, 4), 0)).isNotEqualTo(early);
    }

    /** Later versions must not change it: a snapshot says how far a run is, not in which order. */
    @Test
    void theOrderIsForGood() {
        assertThat(epoch(new SequenceOrder(10, 3), 0)).containsExactly(3, 9, 2, 0, 1, 7, 5, 6, 8, 4);
        assertThat(epoch(new SequenceOrder(10, 3), 1)).containsExactly(8, 9, 0, 6, 4, 3, 7, 2, 1, 5);
        assertThat(epoch(new SequenceOrder(10, 3, 0), 0)).containsExactly(2, 3, 7, 8, 1, 4, 9, 0, 5, 6);
        assertThat(epoch(new SequenceOrder(10, 3, 0), 1)).containsExactly(7, 5, 6, 1, 4, 3, 0, 8, 9, 2);
    }

    @Test
    void everySequenceComesFirstEquallyOften() {
        int[] counts = new int[5];
        SequenceOrder order = new SequenceOrder(5, 9);
        for (int e = 0; e < 10_000; e++) {
            counts[order.sequence(5L * e)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(1850, 2150);
        }
    }

    @Test
    void withoutATableItIsAPermutationOfAnySizeToo() {
        for (int size : new int[] {1, 2, 3, 255, 256, 257, 5000}) {
            SequenceOrder order = new SequenceOrder(size, 3, 0);
            int[] first = epoch(order, 0);
            int[] sorted = first.clone();
            Arrays.sort(sorted);
            for (int i = 0; i < size; i++) {
                assertThat(sorted[i]).isEqualTo(i);
            }
            assertThat(epoch(order, 7)).isEqualTo(epoch(new SequenceOrder(size, 3, 0), 7));
            if (size > 100) {
                assertThat(epoch(order, 1)).isNotEqualTo(first);
                assertThat(epoch(new SequenceOrder(size, 4, 0), 0)).isNotEqualTo(first);
            }
        }
    }

    @Test
    void withoutATableNeighboursAreTornApart() {
        SequenceOrder order = new SequenceOrder(10_000, 5, 0);
        int[] epoch = epoch(order, 0);
        int neighbours = 0;
        int firstHalf = 0;
        for (int i = 1; i < epoch.length; i++) {
            neighbours += Math.abs(epoch[i] - epoch[i - 1]) == 1 ? 1 : 0;
            firstHalf += i < 5000 && epoch[i] < 5000 ? 1 : 0;
        }
        // two are expected by chance, and half of the half: standard deviation 35
        assertThat(neighbours).isLessThan(10);
        assertThat(firstHalf).isBetween(2350, 2650);
    }

    @Test
    void badArguments() {
        assertThatThrownBy(() -> new SequenceOrder(0, 1)).hasMessage("expected at least one sequence, got 0");
        assertThatThrownBy(() -> new SequenceOrder(1, 1).sequence(-1))
                .hasMessage("position must not be negative, got -1");
    }

    private static int[] epoch(SequenceOrder order, long epoch) {
        int size = order.size();
        int[] indices = new int[size];
        for (int i = 0; i < size; i++) {
            indices[i] = order.sequence(epoch * size + i);
        }
        return indices;
    }
}
