package org.jelectra.text.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jelectra.text.IntList;
import org.junit.jupiter.api.Test;

class DuplicateIndexTest {

    private final Random random = new Random(6);

    private IntList document(int tokens) {
        IntList ids = new IntList();
        for (int i = 0; i < tokens; i++) {
            ids.add(random.nextInt(30_000));
        }
        return ids;
    }

    private static IntList changed(IntList ids, int every) {
        IntList copy = new IntList();
        for (int i = 0; i < ids.size(); i++) {
            copy.add(i % every == every / 2 ? 30_001 : ids.get(i));
        }
        return copy;
    }

    private static short[] signature(IntList ids) {
        return DocumentSignature.of(ids, 0, ids.size());
    }

    private static int equal(short[] a, short[] b) {
        int equal = 0;
        for (int i = 0; i < a.length; i++) {
            equal += a[i] == b[i] ? 1 : 0;
        }
        return equal;
    }

    @Test
    void signaturesEstimateTheSimilarity() {
        double sum = 0;
        int trials = 200;
        for (int t = 0; t < trials; t++) {
            IntList ids = document(500);
            // one token of 40 changes 5 shingles of 40: similarity 35 / 45
            sum += equal(signature(ids), signature(changed(ids, 40))) / 64.0;
        }
        // standard error of the mean: 0.052 / sqrt(200) = 0.004
        assertThat(sum / trials).isBetween(0.76, 0.80);
        assertThat(equal(signature(document(500)), signature(document(500)))).isLessThan(4);
    }

    @Test
    void findsNearDuplicatesOnly() {
        DuplicateIndex index = new DuplicateIndex();
        List<IntList> documents = new ArrayList<>();
        for (int d = 0; d < 10_000; d++) {
            IntList ids = document(100 + random.nextInt(100));
            assertThat(index.resembles(signature(ids))).isFalse();
            index.add(signature(ids));
            documents.add(ids);
        }
        int same = 0;
        int near = 0;
        int far = 0;
        for (IntList ids : documents) {
            same += index.resembles(signature(ids)) ? 1 : 0;
            near += index.resembles(signature(changed(ids, 99))) ? 1 : 0;
            far += index.resembles(signature(changed(ids, 9))) ? 1 : 0;
        }
        assertThat(same).isEqualTo(10_000);
        assertThat(near).isGreaterThan(9_700);
        assertThat(far).isZero();
    }

    @Test
    void remembersTheLatestOnly() {
        DuplicateIndex index = new DuplicateIndex(16, 64);
        List<short[]> signatures = new ArrayList<>();
        for (int d = 0; d < 1000; d++) {
            signatures.add(signature(document(50)));
            index.add(signatures.get(d));
        }
        for (int d = 0; d < 1000; d++) {
            assertThat(index.resembles(signatures.get(d))).as("document %d", d).isEqualTo(d >= 1000 - 64);
        }
    }

    @Test
    void shortDocumentsAreComparedAsAWhole() {
        IntList one = new IntList();
        one.add(7);
        IntList two = new IntList();
        two.add(7);
        two.add(8);
        assertThat(equal(signature(one), signature(one))).isEqualTo(64);
        assertThat(equal(signature(one), signature(two))).isLessThan(4);
    }
}
