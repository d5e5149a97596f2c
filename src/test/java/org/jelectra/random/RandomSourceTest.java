package org.jelectra.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** Which words of Philox host code draws, and what it makes of them: resumed runs and other versions draw the same. */
class RandomSourceTest {

    private static final long SEED = 0x0123456789abcdefL;
    private static final int STREAM = 7;

    /** The words of one source, written anew from the documentation of its counters. */
    private static int[] words(int step, int substream, int count) {
        int[] words = new int[count];
        int[] four = new int[4];
        for (int i = 0; i < count; i++) {
            Philox.block(i / 4, substream, STREAM, step, (int) SEED, (int) (SEED >> 32), 10, four);
            words[i] = four[i % 4];
        }
        return words;
    }

    @Test
    void wordsAreThoseOfTheCountersAndOfBothHalvesOfTheSeed() {
        RandomSource source = new RandomSource(SEED, STREAM, 3, 11);
        for (int word : words(3, 11, 9)) {
            assertThat(source.nextInt()).isEqualTo(word);
        }
        source.restart(4, 12);
        for (int word : words(4, 12, 5)) {
            assertThat(source.nextInt()).isEqualTo(word);
        }
    }

    /** A bound of 3 x 2^29 leaves a quarter of the words out; 1 none, and 2^31 - 1 hardly any. */
    @Test
    void integersBelowABoundAreUnbiased() {
        for (int bound : new int[] {1, 3, 1000, 3 << 29, (1 << 30) + 1, Integer.MAX_VALUE}) {
            int[] words = words(0, 0, 400);
            RandomSource source = new RandomSource(SEED, STREAM, 0, 0);
            BigInteger limit = BigInteger.ONE.shiftLeft(32).mod(BigInteger.valueOf(bound));
            int rejected = 0;
            for (int i = 0; i < 200; i++) {
                BigInteger product;
                while (true) {
                    product = BigInteger.valueOf(Integer.toUnsignedLong(words[i + rejected]))
                            .multiply(BigInteger.valueOf(bound));
                    if (product.mod(BigInteger.ONE.shiftLeft(32)).compareTo(limit) >= 0) {
                        break;
                    }
                    rejected++;
                }
                assertThat(source.nextInt(bound))
                        .isEqualTo(product.shiftRight(32).intValueExact());
            }
            assertThat(rejected > 0).as("bound %d", bound).isEqualTo(bound == 3 << 29 || bound == (1 << 30) + 1);
        }
    }

    @Test
    void aBoundIsPositive() {
        RandomSource source = new RandomSource(SEED, STREAM, 0, 0);
        for (int bound : new int[] {0, -1}) {
            assertThatThrownBy(() -> source.nextInt(bound))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("bound must be positive, got " + bound);
        }
    }

    @Test
    void fractionsLieStrictlyBetweenZeroAndOne() {
        assertThat(Philox.uniform(0)).isEqualTo(0x1p-24f);
        assertThat(Philox.uniform(-1)).isEqualTo(1 - 0x1p-24f);
        int[] words = words(0, 0, 40);
        RandomSource source = new RandomSource(SEED, STREAM, 0, 0);
        for (int i = 0; i < 40; i += 2) {
            long both = Integer.toUnsignedLong(words[i]) << 32 | Integer.toUnsignedLong(words[i + 1]);
            assertThat(source.nextDouble()).isEqualTo(((both >>> 12) + 0.5) / (1L << 52));
        }
    }
}
