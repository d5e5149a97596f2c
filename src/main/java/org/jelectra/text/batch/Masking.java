package org.jelectra.text.batch;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;
import org.jelectra.text.Vocabulary;

/**
 * Chooses the tokens that the generator predicts. Candidates are all tokens but padding, [CLS], [SEP] and [MASK]; [UNK] is
 * one. Random tokens in their place are drawn evenly from all but the five special and the unused ones. A function of (seed, step,
 * row) only. Not safe for use by several threads.
 *
 * <p>Source: the masking of the original ELECTRA code, except that positions are distinct unless {@link
 * MaskingOptions#referenceCompatible()}: with replacement, 7 % of the draws at L = 128 hit a position twice.
 *
 * <p>With {@link MaskingOptions#wholeWords()} words are drawn instead: a token with the continuations behind it. A word of more
 * pieces than are left to choose is passed over, and the draw goes on; so there are exactly k predictions unless each word that was
 * not chosen is too long for what is left, and none at all where every word has more than k pieces. A word becomes [MASK] in all
 * its pieces, or each of them becomes a random token, or all stay. What is left of a word that a row's beginning cuts is a word, and
 * so is [UNK]. Where all words have one piece, this is the same as choosing tokens.
 */
public final class Masking {

    private final MaskingOptions options;
    private final int clsId;
    private final int sepId;
    private final int maskId;
    private final Vocabulary vocabulary;
    private final RandomSource random;
    private final RandomSource randomTokens;
    private final int[] ordinary;
    private final int[] candidates;
    private final int[] chosen;
    private final int[] wordStarts;
    private final int[] wordLengths;

    /**
     * @param sequenceLength length L of the rows
     * @param seed the run's seed
     */
    public Masking(MaskingOptions options, Vocabulary vocabulary, int sequenceLength, long seed) {
        this.options = options;
        this.vocabulary = vocabulary;
        this.clsId = vocabulary.clsId();
        this.sepId = vocabulary.sepId();
        this.maskId = vocabulary.maskId();
        this.random = new RandomSource(seed, RandomStreams.MASKING, 0, 0);
        this.randomTokens = new RandomSource(seed, RandomStreams.RANDOM_TOKENS, 0, 0);
        this.ordinary = options.replaceWithRandomProbability() > 0 ? ordinary(vocabulary) : new int[0];
        this.candidates = new int[sequenceLength];
        this.chosen = new int[options.maxPredictions(sequenceLength)];
        this.wordStarts = new int[sequenceLength];
        this.wordLengths = new int[sequenceLength];
    }

    private static int[] ordinary(Vocabulary vocabulary) {
        Set<Integer> special = Set.of(
                vocabulary.padId(),
                vocabulary.unknownId(),
                vocabulary.clsId(),
                vocabulary.sepId(),
                vocabulary.maskId());
        int[] ids = IntStream.range(0, vocabulary.size())
                .filter(id -> !special.contains(id) && !vocabulary.token(id).startsWith("[unused"))
                .toArray();
        if (ids.length == 0) {
            throw new IllegalArgumentException(
                    "random tokens need a vocabulary with more than special tokens, got " + vocabulary.size());
        }
        return ids;
    }

    /**
     * Fills the masked arrays of one row from its ids and attention mask, and adds to {@link Batch#maskedCount}. Slots come
     * in ascending order of position; unused ones point at position 0 with label and weight 0. A row without a candidate
     * has none.
     *
     * @param step first index of the random numbers, the training step
     * @param substream second index, the row
     */
    public void mask(Batch batch, int row, int step, int substream) {
        int length = batch.sequenceLength();
        int slots = batch.slots();
        int start = row * length;
        System.arraycopy(batch.inputIds, start, batch.maskedInputIds, start, length);
        random.restart(step, substream);
        randomTokens.restart(step, substream);
        int count = choose(batch, start, length, slots);
        int slot = row * slots;
        double draw = 0;
        for (int i = 0; i < count; i++, slot++) {
            int at = start + chosen[i];
            if (!options.wholeWords() || i == 0 || !continues(batch, at, start + chosen[i - 1])) {
                draw = random.nextFloat() - options.replaceWithMaskProbability();
            }
            batch.maskedRows[slot] = at;
            batch.maskedLabels[slot] = batch.inputIds[at];
            batch.maskedWeights[slot] = 1;
            if (draw < 0) {
                batch.maskedInputIds[at] = maskId;
            } else if (draw < options.replaceWithRandomProbability()) {
                batch.maskedInputIds[at] = ordinary[randomTokens.nextInt(ordinary.length)];
            }
        }
        Arrays.fill(batch.maskedRows, slot, (row + 1) * slots, start);
        Arrays.fill(batch.maskedLabels, slot, (row + 1) * slots, 0);
        Arrays.fill(batch.maskedWeights, slot, (row + 1) * slots, 0);
        batch.maskedCount += count;
    }

    private int choose(Batch batch, int start, int length, int slots) {
        int tokens = 0;
        int count = 0;
        for (int i = 0; i < length; i++) {
            if (batch.attentionMask[start + i] == 0) {
                continue;
            }
            tokens++;
            int id = batch.inputIds[start + i];
            if (id != clsId && id != sepId && id != maskId) {
                candidates[count++] = i;
            }
        }
        if (count == 0) {
            return 0;
        }
        int predictions = options.predictions(tokens, slots);
        if (options.referenceCompatible()) {
            for (int i = 0; i < predictions; i++) {
                chosen[i] = candidates[random.nextInt(count)];
            }
        } else if (options.wholeWords()) {
            predictions = chooseWords(predictions, words(batch, start, count));
        } else {
            predictions = Math.min(predictions, count);
            chooseDistinct(predictions, count);
        }
        Arrays.sort(chosen, 0, predictions);
        return predictions;
    }

    /** Finds the words among the candidates; returns how many. */
    private int words(Batch batch, int start, int count) {
        int words = 0;
        for (int i = 0; i < count; i++) {
            if (i > 0 && continues(batch, start + candidates[i], start + candidates[i - 1])) {
                wordLengths[words - 1]++;
            } else {
                wordStarts[words] = candidates[i];
                wordLengths[words++] = 1;
            }
        }
        return words;
    }

    private boolean continues(Batch batch, int at, int before) {
        return at == before + 1 && vocabulary.isContinuation(batch.inputIds[at]);
    }

    // A Fisher-Yates shuffle of the words, as far as it is needed.
    private int chooseWords(int predictions, int words) {
        int taken = 0;
        for (int i = 0; i < words && taken < predictions; i++) {
            int j = i + random.nextInt(words - i);
            int start = wordStarts[j];
            int length = wordLengths[j];
            wordStarts[j] = wordStarts[i];
            wordLengths[j] = wordLengths[i];
            if (length <= predictions - taken) {
                for (int piece = 0; piece < length; piece++) {
                    chosen[taken++] = start + piece;
                }
            }
        }
        return taken;
    }

    // The first steps of a Fisher-Yates shuffle of the candidates.
    private void chooseDistinct(int predictions, int count) {
        for (int i = 0; i < predictions; i++) {
            int j = i + random.nextInt(count - i);
            chosen[i] = candidates[j];
            candidates[j] = candidates[i];
        }
    }
}
