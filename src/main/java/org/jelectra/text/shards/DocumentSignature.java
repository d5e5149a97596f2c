package org.jelectra.text.shards;

import java.util.Arrays;
import org.jelectra.text.IntList;

/**
 * A sketch of a document's content by MinHash: {@value #SIZE} values, of which the share that two documents have in common
 * estimates the Jaccard similarity of their sets of {@value #SHINGLE} consecutive tokens, with a standard error of at most 0.063.
 *
 * <p>Source: Broder, "On the resemblance and containment of documents" (1997); of each minimum only 16 bits are kept, after Li and
 * König, "b-Bit minwise hashing" (2010). Five-token shingles and a threshold of 0.8 as in Lee et al., "Deduplicating training data
 * makes language models better" (2022).
 */
final class DocumentSignature {

    static final int SIZE = 64;
    static final int SHINGLE = 5;

    private static final int[] MULTIPLIERS = new int[SIZE];
    private static final int[] OFFSETS = new int[SIZE];

    static {
        // any fixed numbers will do; these are the low words of a Weyl sequence
        long state = 0;
        for (int i = 0; i < SIZE; i++) {
            state += 0x9E3779B97F4A7C15L;
            MULTIPLIERS[i] = mix((int) (state >>> 32)) | 1;
            OFFSETS[i] = mix((int) state);
        }
    }

    private DocumentSignature() {}

    /** The signature of tokens [from, to); of all of them as one shingle if they are fewer. At least one token. */
    static short[] of(IntList ids, int from, int to) {
        int[] least = new int[SIZE];
        Arrays.fill(least, Integer.MAX_VALUE);
        int shingle = Math.min(SHINGLE, to - from);
        for (int start = from; start + shingle <= to; start++) {
            int hash = 0;
            for (int i = start; i < start + shingle; i++) {
                hash = mix(hash * 31 + ids.get(i));
            }
            add(least, hash);
        }
        short[] signature = new short[SIZE];
        for (int i = 0; i < SIZE; i++) {
            // the high bits of a minimum are all alike
            signature[i] = (short) mix(least[i]);
        }
        return signature;
    }

    // a loop of its own, which the compiler turns into vector instructions
    private static void add(int[] least, int hash) {
        for (int i = 0; i < SIZE; i++) {
            least[i] = Math.min(least[i], hash * MULTIPLIERS[i] + OFFSETS[i]);
        }
    }

    /** Mixes all bits into all (a bijection: multiplications by odd numbers, and shifts). */
    static int mix(int value) {
        int x = value;
        x = (x ^ x >>> 16) * 0x85EBCA6B;
        x = (x ^ x >>> 13) * 0xC2B2AE35;
        return x ^ x >>> 16;
    }
}
