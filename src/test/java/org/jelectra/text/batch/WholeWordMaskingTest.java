package org.jelectra.text.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jelectra.text.Vocabulary;
import org.junit.jupiter.api.Test;

class WholeWordMaskingTest {

    private static final int LENGTH = 128;
    private static final int SLOTS = 19;
    private static final int START = LENGTH; // the tests use row 1
    private static final MaskingOptions WHOLE_WORDS = new MaskingOptions(0.15, 0.85, 0, false, true);
    /** w0 to w99 begin words, ##w0 to ##w99 go on with them. */
    private static final Vocabulary VOCABULARY = vocabulary();

    private static final int FIRST = 5;
    private static final int PIECE = 105;

    private static Vocabulary vocabulary() {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (String prefix : List.of("w", "##w")) {
            for (int i = 0; i < 100; i++) {
                tokens.add(prefix + i);
            }
        }
        return Vocabulary.of(tokens);
    }

    /** A batch whose row 1 has these ids between [CLS] and [SEP]. */
    private static Batch batchOf(int... ids) {
        Batch batch = new Batch(2, LENGTH, SLOTS);
        batch.inputIds[START] = VOCABULARY.clsId();
        System.arraycopy(ids, 0, batch.inputIds, START + 1, ids.length);
        batch.inputIds[START + ids.length + 1] = VOCABULARY.sepId();
        for (int i = 0; i < ids.length + 2; i++) {
            batch.attentionMask[START + i] = 1;
        }
        return batch;
    }

    private static int[] words(int count, int length) {
        int[] ids = new int[count * length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (i % length == 0 ? FIRST : PIECE) + i % 100;
        }
        return ids;
    }

    private static int[] randomIds(Random random, int longest) {
        int[] ids = new int[1 + random.nextInt(LENGTH - 2)];
        int left = 0;
        for (int i = 0; i < ids.length; i++) {
            int kind = random.nextInt(20);
            if (left-- > 0) {
                ids[i] = PIECE + random.nextInt(100);
            } else if (kind < 3) {
                ids[i] = kind == 0 ? VOCABULARY.sepId() : kind == 1 ? VOCABULARY.maskId() : VOCABULARY.unknownId();
            } else {
                ids[i] = FIRST + random.nextInt(100);
                left = random.nextInt(longest);
            }
        }
        if (random.nextInt(3) == 0) {
            ids[0] = PIECE; // the rest of a word that the row's beginning cuts
        }
        return ids;
    }

    /** The words of row 1, as lists of positions. */
    private static List<List<Integer>> wordsOf(Batch batch) {
        List<List<Integer>> words = new ArrayList<>();
        boolean open = false;
        for (int i = START; i < START + LENGTH && batch.attentionMask[i] == 1; i++) {
            String token = VOCABULARY.token(batch.inputIds[i]);
            if (List.of("[CLS]", "[SEP]", "[MASK]").contains(token)) {
                open = false;
                continue;
            }
            if (!open || !token.startsWith("##")) {
                words.add(new ArrayList<>());
            }
            words.get(words.size() - 1).add(i);
            open = true;
        }
        return words;
    }

    @Test
    void wordsAreChosenAndHiddenAsAWholeAndAsManyAsFit() {
        Random random = new Random(3);
        int exact = 0;
        for (int step = 0; step < 5000; step++) {
            Batch batch = batchOf(randomIds(random, 1 + random.nextInt(8)));
            new Masking(WHOLE_WORDS, VOCABULARY, LENGTH, 1).mask(batch, 1, step, 1);
            int tokens = 0;
            for (int mask : batch.attentionMask) {
                tokens += mask;
            }
            int wanted = WHOLE_WORDS.predictions(tokens, SLOTS);
            int count = batch.maskedCount;
            assertThat(count).isLessThanOrEqualTo(wanted);
            List<Integer> chosen = new ArrayList<>();
            for (int slot = SLOTS; slot < SLOTS + count; slot++) {
                int at = batch.maskedRows[slot];
                assertThat(chosen.isEmpty() || chosen.get(chosen.size() - 1) < at)
                        .as("ascending, distinct")
                        .isTrue();
                assertThat(batch.maskedLabels[slot]).isEqualTo(batch.inputIds[at]);
                chosen.add(at);
            }
            int inWords = 0;
            for (List<Integer> word : wordsOf(batch)) {
                long taken = word.stream().filter(chosen::contains).count();
                long hidden = word.stream()
                        .filter(at -> batch.maskedInputIds[at] != batch.inputIds[at])
                        .count();
                assertThat(taken).as("all pieces of %s or none", word).isIn(0L, (long) word.size());
                assertThat(hidden).as("hidden together").isIn(0L, taken);
                if (taken == 0) {
                    assertThat(word.size())
                            .as("does not fit")
                            .satisfiesAnyOf(
                                    size -> assertThat(count).isEqualTo(wanted),
                                    size -> assertThat(size).isGreaterThan(wanted - count));
                }
                inWords += (int) taken;
            }
            assertThat(inWords).as("nothing but words").isEqualTo(count);
            exact += count == wanted ? 1 : 0;
        }
        assertThat(exact).isGreaterThan(4000);
    }

    /** Random tokens take the place of words that would stay, each piece with its own; what is chosen and hidden stays the same. */
    @Test
    void wholeWordsBecomeRandomTokens() {
        MaskingOptions without = new MaskingOptions(0.15, 0.4, 0, false, true);
        MaskingOptions with = new MaskingOptions(0.15, 0.4, 0.3, false, true);
        int words = 0;
        int random = 0;
        int pieces = 0;
        for (int step = 0; step < 2000; step++) {
            Batch plain = batchOf(words(40, 3));
            Batch batch = batchOf(words(40, 3));
            new Masking(without, VOCABULARY, LENGTH, 1).mask(plain, 1, step, 1);
            new Masking(with, VOCABULARY, LENGTH, 1).mask(batch, 1, step, 1);
            assertThat(batch.maskedRows).isEqualTo(plain.maskedRows);
            for (int slot = SLOTS; slot < SLOTS + batch.maskedCount; slot += 3) {
                int at = batch.maskedRows[slot];
                int changed = 0;
                for (int piece = at; piece < at + 3; piece++) {
                    boolean hidden = plain.maskedInputIds[piece] == VOCABULARY.maskId();
                    assertThat(batch.maskedInputIds[piece] == VOCABULARY.maskId())
                            .isEqualTo(hidden);
                    assertThat(batch.maskedInputIds[piece]).isGreaterThanOrEqualTo(VOCABULARY.maskId());
                    changed += !hidden && batch.maskedInputIds[piece] != batch.inputIds[piece] ? 1 : 0;
                }
                words++;
                random += changed > 0 ? 1 : 0;
                pieces += changed;
            }
        }
        // of a word all pieces or none, but that one of 200 random tokens is the original one
        assertThat(pieces / (3.0 * random)).isBetween(0.99, 1.0);
        assertThat(random / (double) words).isBetween(0.28, 0.32);
    }

    @Test
    void equalWordsAreEquallyLikely() {
        int[] ids = words(42, 3);
        int[] chosenAt = new int[LENGTH];
        int hidden = 0;
        Masking masking = new Masking(WHOLE_WORDS, VOCABULARY, LENGTH, 1);
        for (int step = 0; step < 2000; step++) {
            Batch batch = batchOf(ids);
            masking.mask(batch, 1, step, 1);
            assertThat(batch.maskedCount)
                    .as("6 words of 3 pieces, where 19 pieces are wanted")
                    .isEqualTo(18);
            for (int slot = SLOTS; slot < SLOTS + 18; slot++) {
                int at = batch.maskedRows[slot];
                chosenAt[at - START]++;
                hidden += batch.maskedInputIds[at] == VOCABULARY.maskId() ? 1 : 0;
            }
        }
        assertThat(hidden / (2000.0 * 18)).isBetween(0.83, 0.87);
        for (int position = 1; position <= ids.length; position++) {
            assertThat(chosenAt[position]).as("position %d", position).isBetween(220, 352); // 2000 / 7, 4 deviations
        }
    }

    @Test
    void withoutContinuationsTokensAreChosenAsEver() {
        for (int step = 0; step < 50; step++) {
            Batch whole = batchOf(words(100, 1));
            Batch single = batchOf(words(100, 1));
            new Masking(WHOLE_WORDS, VOCABULARY, LENGTH, 7).mask(whole, 1, step, 3);
            new Masking(MaskingOptions.standard(), VOCABULARY, LENGTH, 7).mask(single, 1, step, 3);
            assertThat(whole.maskedRows).isEqualTo(single.maskedRows);
            assertThat(whole.maskedInputIds).isEqualTo(single.maskedInputIds);
        }
    }

    @Test
    void aWordThatDoesNotFitIsPassedOver() {
        Batch tooLong = batchOf(words(1, 5));
        new Masking(WHOLE_WORDS, VOCABULARY, LENGTH, 1).mask(tooLong, 1, 0, 1);
        assertThat(tooLong.maskedCount).isZero();
        assertThat(tooLong.maskedInputIds).isEqualTo(tooLong.inputIds);

        Batch one = batchOf(FIRST, PIECE, PIECE, FIRST + 9, FIRST, PIECE);
        for (int step = 0; step < 20; step++) {
            one.maskedCount = 0;
            new Masking(WHOLE_WORDS, VOCABULARY, LENGTH, 1).mask(one, 1, step, 1);
            assertThat(one.maskedCount).isEqualTo(1);
            assertThat(one.maskedRows[SLOTS]).as("the only word of one piece").isEqualTo(START + 4);
        }
    }

    @Test
    void aFunctionOfSeedStepAndRow() {
        int[] reference = draw(1, 4, 2);
        assertThat(draw(1, 4, 2)).isEqualTo(reference);
        assertThat(draw(2, 4, 2)).isNotEqualTo(reference);
        assertThat(draw(1, 5, 2)).isNotEqualTo(reference);
        assertThat(draw(1, 4, 3)).isNotEqualTo(reference);
    }

    private static int[] draw(long seed, int step, int row) {
        Batch batch = batchOf(words(60, 2));
        new Masking(WHOLE_WORDS, VOCABULARY, LENGTH, seed).mask(batch, 1, step, row);
        return batch.maskedRows.clone();
    }

    @Test
    void theReferenceHasNoWords() {
        assertThatThrownBy(() -> new MaskingOptions(0.15, 0.85, 0, true, true))
                .hasMessageStartingWith("whole words cannot be drawn with replacement");
    }
}
