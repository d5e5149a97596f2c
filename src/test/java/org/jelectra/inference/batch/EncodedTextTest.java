package org.jelectra.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jelectra.text.Vocabulary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of texts is read where they are too long. */
class EncodedTextTest {

    private static final Vocabulary WORDS = Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));

    @Test
    void aTextIsCutAtItsEnd() {
        EncodedText text = EncodedText.single(new int[] {7, 8, 9}, 4, WORDS);
        assertThat(text.ids()).containsExactly(2, 7, 8, 3);
        assertThat(text.firstLength()).isEqualTo(4);
        assertThat(text.truncated()).isTrue();
        EncodedText whole = EncodedText.single(new int[] {7, 8, 9}, 5, WORDS);
        assertThat(whole.length()).isEqualTo(5);
        assertThat(whole.truncated()).isFalse();
    }

    /** The longer one of a pair loses its last token, of equal ones the second. */
    @ParameterizedTest
    @CsvSource({
        "3, 3, 3, 3",
        "4, 3, 3, 3",
        "3, 4, 3, 3",
        "9, 2, 4, 2",
        "2, 9, 2, 4",
        "4, 4, 3, 3",
        "0, 9, 0, 6",
        "9, 0, 6, 0"
    })
    void theLongerTextOfAPairIsCut(int first, int second, int firstKept, int secondKept) {
        assertPair(first, second, 9, firstKept, secondKept);
    }

    @Test
    void ofEqualTextsTheSecondIsCut() {
        assertPair(4, 4, 8, 3, 2);
    }

    private static void assertPair(int first, int second, int maxLength, int firstKept, int secondKept) {
        int[] ones = new int[first];
        int[] others = new int[second];
        for (int i = 0; i < first; i++) {
            ones[i] = 10 + i;
        }
        for (int i = 0; i < second; i++) {
            others[i] = 20 + i;
        }
        EncodedText pair = EncodedText.pair(ones, others, maxLength, WORDS);
        int[] expected = new int[firstKept + secondKept + 3];
        expected[0] = WORDS.clsId();
        System.arraycopy(ones, 0, expected, 1, firstKept);
        expected[firstKept + 1] = WORDS.sepId();
        System.arraycopy(others, 0, expected, firstKept + 2, secondKept);
        expected[expected.length - 1] = WORDS.sepId();
        assertThat(pair.ids()).containsExactly(expected);
        assertThat(pair.firstLength()).isEqualTo(firstKept + 2);
        assertThat(pair.truncated()).isEqualTo(firstKept < first || secondKept < second);
    }
}
