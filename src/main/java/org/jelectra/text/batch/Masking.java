package org.jelectra.text.batch;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;
import org.jelectra.text.Vocabulary;

/**
 * Chooses the tokens that the generator predicts. Candidates are all tokens but padding, [CLS], [SEP] and [MASK]; [UNK] is
 * one. Random tokens in their place are drawn evenly from all but the five special and the unused ones. A function of (seed, step, row) only. Not safe for use by several threads.
 *
 * <p>Source: the masking of the original ELECTRA code, except that positions are distinct unless {@link
 * MaskingOptions#referenceCompatible()}: with replacement, 7 % of the draws at L = 128 hit a position twice.
 */
public final class Masking {

    private final MaskingOptions options;
    private final int clsId;
    private final int sepId;
    private final int maskId;
    private final RandomSource random;
    private final RandomSource randomTokens;
    private final int[] ordinary;
    private final int[] candidates;
    private final int[] chosen;

    /**
     * @param sequenceLength length L of the rows
     * @param seed the run's seed
     */
    public Masking(MaskingOptions options, Vocabulary vocabulary, int sequenceLength, long seed) {
        this.options = options;
        this.clsId = vocabulary.clsId();
        this.sepId = vocabulary.sepId();
        this.maskId = vocabulary.maskId();
        this.random = new RandomSource(seed, RandomStreams.MASKING, 0, 0);
        this.randomTokens = new RandomSource(seed, RandomStreams.RANDOM_TOKENS, 0, 0);
        this.ordinary = options.replaceWithRandomProbability() > 0 ? ordinary(vocabulary) : new int[0];
        this.candidates = new int[sequenceLength];
        this.chosen = new int[options.maxPredictions(sequenceLength)];
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
        for (int i = 0; i < count; i++, slot++) {
            int at = start + chosen[i];
            batch.maskedRows[slot] = at;
            batch.maskedLabels[slot] = batch.inputIds[at];
            batch.maskedWeights[slot] = 1;
            double draw = random.nextFloat() - options.replaceWithMaskProbability();
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
        } else {
            predictions = Math.min(predictions, count);
            chooseDistinct(predictions, count);
        }
        Arrays.sort(chosen, 0, predictions);
        return predictions;
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
