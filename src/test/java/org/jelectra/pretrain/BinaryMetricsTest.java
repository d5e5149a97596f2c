package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BinaryMetricsTest {

    @Test
    void countsGiveTheRatios() {
        Confusion confusion = new Confusion(2, 1, 2, 1);

        assertThat(confusion.accuracy()).isEqualTo(4.0 / 6);
        assertThat(confusion.precision()).isEqualTo(2.0 / 3);
        assertThat(confusion.recall()).isEqualTo(2.0 / 3);
        assertThat(confusion.positiveFraction()).isEqualTo(0.5);
    }

    @Test
    void undefinedPrecisionAndRecallAreZero() {
        Confusion nothingPredicted = new Confusion(0, 0, 5, 5);
        Confusion nothingPositive = new Confusion(0, 0, 5, 0);

        assertThat(nothingPredicted.precision()).isZero();
        assertThat(nothingPredicted.recall()).isZero();
        assertThat(nothingPositive.recall()).isZero();
        assertThat(nothingPositive.accuracy()).isEqualTo(1);
        assertThat(new Confusion(0, 0, 0, 0).accuracy()).isNaN();
    }

    @Test
    void areaEqualsTheCountOverAllPairs() {
        Random random = new Random(11);
        for (int round = 0; round < 50; round++) {
            int size = 2 + random.nextInt(3000);
            boolean manyTies = round % 2 == 0;
            float[] scores = new float[size];
            int[] labels = new int[size];
            BinaryMetrics metrics = new BinaryMetrics();
            for (int i = 0; i < size; i++) {
                scores[i] = manyTies ? random.nextInt(7) - 3 : (float) random.nextGaussian();
                labels[i] = random.nextInt(4) == 0 ? 1 : 0;
                metrics.add(scores[i], labels[i] == 1);
            }

            double expected = areaOverAllPairs(scores, labels);
            if (Double.isNaN(expected)) {
                assertThat(metrics.auc()).as("round %d", round).isNaN();
            } else {
                assertThat(metrics.auc()).as("round %d", round).isEqualTo(expected, within(1e-12));
            }
        }
    }

    private static double areaOverAllPairs(float[] scores, int[] labels) {
        double wins = 0;
        long pairs = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (labels[i] == 1 && labels[j] == 0) {
                    pairs++;
                    wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                }
            }
        }
        return wins / pairs;
    }

    @Test
    void areaOfExtremes() {
        assertThat(area(new float[] {1, 2, -5, -6}, 1, 1, 0, 0)).isEqualTo(1);
        assertThat(area(new float[] {1, 2, -5, -6}, 0, 0, 1, 1)).isEqualTo(0);
        assertThat(area(new float[] {0f, -0f}, 1, 0)).isEqualTo(0.5);
        assertThat(area(new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0}, 1, 0, 0))
                .isEqualTo(1);
        assertThat(area(new float[] {1, 2}, 1, 1)).isNaN();
        assertThat(area(new float[] {1, 2}, 0, 0)).isNaN();
        assertThat(area(new float[] {Float.NaN, 2}, 0, 1)).isNaN();
        assertThat(new BinaryMetrics().auc()).isNaN();
    }

    private static double area(float[] scores, int... labels) {
        BinaryMetrics metrics = new BinaryMetrics();
        for (int i = 0; i < scores.length; i++) {
            metrics.add(scores[i], labels[i] == 1);
        }
        return metrics.auc();
    }

    /** As a resumed run takes them up; sorted in between. */
    @Test
    void entriesMakeTheSamePredictions() {
        BinaryMetrics metrics = new BinaryMetrics();
        float[] scores = {-1.5f, 2, 0, -0f, -7, 0.25f};
        for (int i = 0; i < scores.length; i++) {
            metrics.add(scores[i], i % 2 == 0);
        }
        double area = metrics.auc();
        BinaryMetrics resumed = new BinaryMetrics();
        for (int i = 0; i < metrics.size(); i++) {
            resumed.addEntry(metrics.entry(i));
        }
        assertThat(resumed.size()).isEqualTo(6);
        assertThat(resumed.auc()).isEqualTo(area).isEqualTo(0.5 / 9);
    }

    @Test
    void clearForgetsEverything() {
        BinaryMetrics metrics = new BinaryMetrics();
        metrics.add(Float.NaN, true);
        metrics.add(3, false);
        metrics.clear();
        metrics.add(1, true);
        metrics.add(-1, false);

        assertThat(metrics.auc()).isEqualTo(1);
    }
}
