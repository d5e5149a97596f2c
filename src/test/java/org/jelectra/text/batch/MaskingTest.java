package org.jelectra.text.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.text.TestCorpora;
import org.jelectra.text.Vocabulary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskingTest {

    private static final int LENGTH = 128;
    private static final Vocabulary VOCABULARY = TestCorpora.WORDS;

    @ParameterizedTest
    @CsvSource({"0.15,128,19", "0.15,512,79", "0.25,512,130", "0.15,256,39", "0.15,5,1"})
    void slotsOfTheReference(double probability, int length, int expected) {
        assertThat(MaskingOptions.standard(probability).maxPredictions(length)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"3,1", "4,1", "10,2", "20,3", "30,4", "50,8", "70,10", "90,14", "110,16", "128,19"})
    void predictionsOfTheReference(int tokens, int expected) {
        assertThat(MaskingOptions.standard().predictions(tokens, 19)).isEqualTo(expected);
    }

    @Test
    void slotsAreDistinctCandidatesInOrder() {
        Masking masking = new Masking(MaskingOptions.standard(), VOCABULARY, LENGTH, 1);
        int[] chosenAt = new int[LENGTH];
        int masked = 0;
        int total = 0;
        for (int step = 0; step < 2000; step++) {
            Batch batch = batchOf(100);
            batch.inputIds[LENGTH + 5] = VOCABULARY.maskId();
            batch.inputIds[LENGTH + 6] = VOCABULARY.unknownId();
            masking.mask(batch, 1, step, 1);
            assertThat(batch.maskedCount).isEqualTo(15);
            for (int slot = 19; slot < 19 + 15; slot++) {
                int at = batch.maskedRows[slot];
                int position = at - LENGTH;
                chosenAt[position]++;
                total++;
                assertThat(slot == 19 || batch.maskedRows[slot - 1] < at)
                        .as("ascending, distinct")
                        .isTrue();
                assertThat(batch.maskedLabels[slot]).isEqualTo(batch.inputIds[at]);
                assertThat(batch.maskedWeights[slot]).isEqualTo(1f);
                boolean isMasked = batch.maskedInputIds[at] == VOCABULARY.maskId();
                masked += isMasked ? 1 : 0;
                assertThat(isMasked || batch.maskedInputIds[at] == batch.inputIds[at])
                        .isTrue();
            }
            for (int slot = 34; slot < 38; slot++) {
                assertThat(batch.maskedRows[slot]).isEqualTo(LENGTH);
                assertThat(batch.maskedLabels[slot]).isZero();
                assertThat(batch.maskedWeights[slot]).isZero();
            }
            assertThat(changed(batch)).isEqualTo(maskedPlaces(batch) - 1);
        }
        assertThat((double) masked / total).isBetween(0.84, 0.86);
        // Candidates: positions 1 to 98 less the separator at 50 and the [MASK] at 5; each with probability 15 / 96.
        for (int position = 0; position < LENGTH; position++) {
            boolean candidate = position >= 1 && position <= 98 && position != 50 && position != 5;
            assertThat(chosenAt[position])
                    .as("position %d", position)
                    .isBetween(candidate ? 240 : 0, candidate ? 390 : 0);
        }
    }

    @Test
    void withReplacementPositionsRepeat() {
        MaskingOptions options = new MaskingOptions(0.15, 0.85, 0, true);
        Masking masking = new Masking(options, VOCABULARY, LENGTH, 1);
        int repeats = 0;
        for (int step = 0; step < 1000; step++) {
            Batch batch = batchOf(128);
            masking.mask(batch, 1, step, 1);
            assertThat(batch.maskedCount).isEqualTo(19);
            for (int slot = 20; slot < 38; slot++) {
                repeats += batch.maskedRows[slot] == batch.maskedRows[slot - 1] ? 1 : 0;
            }
        }
        // 19 draws from 125 candidates: 17.69 distinct ones expected.
        assertThat(repeats / 1000.0).isBetween(1.15, 1.47);
    }

    @Test
    void aFunctionOfSeedStepAndRow() {
        int[] reference = draw(1, 4, 2);
        assertThat(draw(1, 4, 2)).isEqualTo(reference);
        assertThat(draw(2, 4, 2)).isNotEqualTo(reference);
        assertThat(draw(1, 5, 2)).isNotEqualTo(reference);
        assertThat(draw(1, 4, 3)).isNotEqualTo(reference);
    }

    @Test
    void rowsWithFewOrNoCandidates() {
        Batch batch = batchOf(2);
        Masking masking = new Masking(MaskingOptions.standard(), VOCABULARY, LENGTH, 1);
        batch.maskedWeights[19] = 7;
        batch.maskedRows[19] = 7;
        batch.maskedLabels[19] = 7;
        masking.mask(batch, 1, 0, 1);
        assertThat(batch.maskedCount).isZero();
        assertThat(Arrays.copyOfRange(batch.maskedWeights, 19, 38)).containsOnly(0f);
        assertThat(Arrays.copyOfRange(batch.maskedRows, 19, 38)).containsOnly(LENGTH);
        assertThat(Arrays.copyOfRange(batch.maskedLabels, 19, 38)).containsOnly(0);
        new Masking(new MaskingOptions(0.15, 0.85, 0, true), VOCABULARY, LENGTH, 1).mask(batch, 1, 0, 1);
        assertThat(batch.maskedCount).isZero();
        Batch one = batchOf(3);
        masking.mask(one, 1, 0, 1);
        assertThat(one.maskedCount).isEqualTo(1);
        assertThat(one.maskedRows[19]).isEqualTo(LENGTH + 1);
        // Many tokens, one candidate: distinct positions end there, the reference draws it again and again.
        Batch separators = batchOf(100);
        Arrays.fill(separators.inputIds, LENGTH + 1, LENGTH + 99, VOCABULARY.sepId());
        separators.inputIds[LENGTH + 9] = 77;
        masking.mask(separators, 1, 0, 1);
        assertThat(separators.maskedCount).isEqualTo(1);
        new Masking(new MaskingOptions(0.15, 0.85, 0, true), VOCABULARY, LENGTH, 1).mask(separators, 1, 0, 1);
        assertThat(separators.maskedCount).isEqualTo(1 + 15);
    }

    /** What is chosen does not depend on what becomes of it. */
    @Test
    void randomTokensAreOrdinaryOnes() {
        Masking plain = new Masking(MaskingOptions.standard(), VOCABULARY, LENGTH, 1);
        MaskingOptions options = new MaskingOptions(0.15, 0.5, 0.4, false);
        Masking masking = new Masking(options, VOCABULARY, LENGTH, 1);
        int[] drawn = new int[VOCABULARY.size()];
        int[] becomes = new int[3];
        for (int step = 0; step < 4000; step++) {
            Batch expected = batchOf(128);
            Batch batch = batchOf(128);
            plain.mask(expected, 1, step, 1);
            masking.mask(batch, 1, step, 1);
            assertThat(batch.maskedRows).isEqualTo(expected.maskedRows);
            assertThat(batch.maskedLabels).isEqualTo(expected.maskedLabels);
            for (int slot = 19; slot < 38; slot++) {
                int shown = batch.maskedInputIds[batch.maskedRows[slot]];
                boolean masked = shown == VOCABULARY.maskId();
                boolean kept = shown == batch.maskedLabels[slot];
                becomes[masked ? 0 : kept ? 1 : 2]++;
                drawn[shown] += masked || kept ? 0 : 1;
            }
        }
        double total = Arrays.stream(becomes).sum();
        assertThat(becomes[0] / total).isBetween(0.49, 0.51);
        assertThat(becomes[2] / total).isBetween(0.39, 0.41);
        for (int id = 0; id < drawn.length; id++) {
            boolean special = VOCABULARY.token(id).startsWith("[");
            assertThat(drawn[id] > 0).as(VOCABULARY.token(id)).isEqualTo(!special);
        }
    }

    @Test
    void randomTokensAreAFunctionOfSeedStepAndRow() {
        MaskingOptions all = new MaskingOptions(0.15, 0, 1, false);
        int[] first = masked(all, 1, 4, 2);
        assertThat(masked(all, 1, 4, 2)).isEqualTo(first);
        assertThat(masked(all, 2, 4, 2)).isNotEqualTo(first);
        assertThat(masked(all, 1, 5, 2)).isNotEqualTo(first);
        assertThat(masked(all, 1, 4, 3)).isNotEqualTo(first);
    }

    private static int[] masked(MaskingOptions options, long seed, int step, int row) {
        Batch batch = batchOf(128);
        new Masking(options, VOCABULARY, LENGTH, seed).mask(batch, 1, step, row);
        return batch.maskedInputIds;
    }

    @Test
    void unusedTokensAreNotDrawn() {
        Vocabulary small = Vocabulary.of(
                List.of("[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "[unused1]"));
        Masking masking = new Masking(new MaskingOptions(0.9, 0, 1, false), small, LENGTH, 1);
        Batch batch = new Batch(1, LENGTH, 116);
        Arrays.fill(batch.inputIds, 6);
        Arrays.fill(batch.attentionMask, 1);
        masking.mask(batch, 0, 0, 0);
        assertThat(batch.maskedInputIds).containsOnly(6, 7);
        Vocabulary none = Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        assertThatThrownBy(() -> new Masking(new MaskingOptions(0.9, 0, 1, false), none, LENGTH, 1))
                .hasMessage("random tokens need a vocabulary with more than special tokens, got 5");
    }

    @Test
    void placesThatComeTwiceAreCountedOnce() {
        Batch batch = batchOf(128);
        new Masking(new MaskingOptions(0.15, 0.85, 0, true), VOCABULARY, LENGTH, 1).mask(batch, 1, 0, 1);
        long distinct = IntStream.range(19, 38)
                .map(slot -> batch.maskedRows[slot])
                .distinct()
                .count();
        assertThat(batch.distinctMaskedCount()).isEqualTo((int) distinct).isLessThan(batch.maskedCount);
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> MaskingOptions.standard(0))
                .hasMessage("the share of tokens to guess must be in (0, 1), got 0.0");
        assertThatThrownBy(() -> new MaskingOptions(0.15, 1.1, 0, false))
                .hasMessage("the probability of [MASK] must be in [0, 1], got 1.1");
        assertThatThrownBy(() -> new MaskingOptions(0.15, 0.85, 0.2, false))
                .hasMessage(
                        "the probabilities of [MASK] and of a random token must not be negative and add up to at most"
                                + " 1, got 0.85 and 0.2");
        assertThatThrownBy(() -> new MaskingOptions(0.15, 0.85, -0.1, false)).hasMessageEndingWith("got 0.85 and -0.1");
        assertThat(new MaskingOptions(0.15, 0.7, 0.3, false).replaceWithRandomProbability())
                .isEqualTo(0.3);
    }

    private static int[] draw(long seed, int step, int row) {
        Batch batch = batchOf(128);
        new Masking(MaskingOptions.standard(), VOCABULARY, LENGTH, seed).mask(batch, 1, step, row);
        return batch.maskedRows.clone();
    }

    /** Row 1 holds [CLS], words, a [SEP] at 50 and one at the end of its {@code tokens}; row 0 is unused. */
    private static Batch batchOf(int tokens) {
        Batch batch = new Batch(2, LENGTH, 19);
        for (int i = 0; i < tokens; i++) {
            batch.inputIds[LENGTH + i] = 10 + i;
            batch.attentionMask[LENGTH + i] = 1;
        }
        batch.inputIds[LENGTH] = VOCABULARY.clsId();
        batch.inputIds[LENGTH + tokens - 1] = VOCABULARY.sepId();
        if (tokens > 60) {
            batch.inputIds[LENGTH + 50] = VOCABULARY.sepId();
        }
        return batch;
    }

    private static int changed(Batch batch) {
        int changed = 0;
        for (int i = LENGTH; i < 2 * LENGTH; i++) {
            changed += batch.maskedInputIds[i] != batch.inputIds[i] ? 1 : 0;
        }
        return changed;
    }

    private static int maskedPlaces(Batch batch) {
        int masked = 0;
        for (int i = LENGTH; i < 2 * LENGTH; i++) {
            masked += batch.maskedInputIds[i] == VOCABULARY.maskId() ? 1 : 0;
        }
        return masked;
    }
}
