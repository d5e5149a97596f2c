package org.jelectra.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;
import org.jelectra.text.corpus.Corpus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("every-jdk")
class SequencePackerTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 7, 12, 16, 33, 128})
    void noTokenIsDropped(int length) throws IOException {
        int[] sizes = {1, 1, 2, 700, 9, 126, 125, 124, 127, 1, 3, 500, 8, 7, 1};
        for (int lineTokens : new int[] {1, 7, 50, 1000}) {
            for (long seed = 0; seed < 3; seed++) {
                TokenizedCorpus corpus = TestCorpora.ofDocuments(folder, lineTokens, sizes);
                PackedSequences packed = TestCorpora.pack(corpus, length, seed);
                assertThat(textOf(packed, corpus.size())).isEqualTo(allTokens(corpus));
                assertThat(packed.tokens()).isEqualTo(corpus.size());
            }
        }
    }

    @Test
    void rowsAreWellFormed() throws IOException {
        PackedSequences packed = TestCorpora.pack(TestCorpora.ofDocuments(folder, 7, 500, 3, 20, 1, 90), 32, 1);
        int[] ids = new int[40];
        int[] types = new int[40];
        for (int s = 0; s < packed.size(); s++) {
            int length = packed.copy(s, ids, types, 3);
            assertThat(length).isBetween(3, 32);
            assertThat(ids[3]).isEqualTo(TestCorpora.WORDS.clsId());
            assertThat(ids[3 + length - 1]).isEqualTo(TestCorpora.WORDS.sepId());
            int separators = 0;
            for (int i = 3; i < 3 + length; i++) {
                assertThat(types[i]).isEqualTo(separators > 0 ? 1 : 0);
                if (ids[i] == TestCorpora.WORDS.sepId()) {
                    assertThat(ids[i - 1]).as("no empty segment").isGreaterThanOrEqualTo(5);
                    separators++;
                }
            }
        }
    }

    @Test
    void paddingIsBounded() throws IOException {
        int[] sizes = IntStream.range(0, 700)
                .map(d -> new int[] {500, 3, 20, 1, 90, 250, 60}[d % 7])
                .toArray();
        PackedSequences packed = TestCorpora.pack(TestCorpora.ofDocuments(folder, 9, sizes), 64, 1);
        for (int s = 0; s < packed.size(); s++) {
            int length = packed.copy(s, new int[64], new int[64], 0);
            RandomSource drawn = new RandomSource(1, RandomStreams.SEGMENTS, 0, s);
            drawn.nextFloat(); // whether it is split
            int longest = drawn.nextFloat() < 0.05f ? 5 + drawn.nextInt(60) : 64;
            if (s < packed.size() - 1) {
                assertThat(length).isBetween(longest - SequencePacker.MIN_SEGMENT_TOKENS, longest);
            }
        }
    }

    @Test
    void oneInTwentyIsShorterOfAnyLengthAlike() throws IOException {
        PackedSequences packed = TestCorpora.pack(TestCorpora.ofDocuments(folder, 5, 400_000), 32, 7);
        int[] lengths = new int[33];
        for (int s = 0; s < packed.size() - 1; s++) {
            lengths[ids(packed, s).length]++;
        }
        int shorter = Arrays.stream(lengths, 5, 32).sum();
        assertThat(shorter + lengths[32]).isEqualTo(packed.size() - 1);
        assertThat((double) shorter / packed.size()).isBetween(0.045, 0.053);
        for (int length = 5; length < 32; length++) {
            assertThat(lengths[length]).as("%d", length).isBetween(shorter / 27 / 2, 2 * shorter / 27);
        }
    }

    @Test
    void nineOfTenLongSequencesAreSplitAtALineEnd() throws IOException {
        TokenizedCorpus corpus = TestCorpora.ofDocuments(folder, 5, 100_000);
        PackedSequences packed = TestCorpora.pack(corpus, 32, 7);
        int split = 0;
        int atLineEnd = 0;
        int shorter = 0;
        // Without the last one, which may be short.
        for (int s = 0; s < packed.size() - 1; s++) {
            int[] ids = ids(packed, s);
            if (segments(ids) == 2) {
                split++;
                if (ids.length < 32) {
                    shorter++;
                    continue;
                }
                int first = 1;
                while (ids[first] != TestCorpora.WORDS.sepId()) {
                    first++;
                }
                assertThat(first).isBetween(12, 19);
                // Lines hold five words, and the words count up from w0.
                atLineEnd += (ids[first + 1] - 5) % 5 == 0 ? 1 : 0;
            }
        }
        assertThat((double) split / packed.size()).isBetween(0.88, 0.92);
        assertThat(atLineEnd).isEqualTo(split - shorter);
    }

    /** After a document of 53 tokens a sequence of 64 has room for 8 of the next one, which are enough; after one of 54 for 7. */
    @Test
    void onlyADocumentThatStaysAloneIsSplit() throws IOException {
        int full = 0;
        for (int[] row : documentsOf(53)) {
            if (row[0] == 64) {
                full++;
                assertThat(row[2]).as("segments that begin within a document").isZero();
            }
        }
        assertThat(full).isGreaterThan(400);

        int alone = 0;
        int split = 0;
        for (int[] row : documentsOf(54)) {
            if (row[1] == 54) {
                alone++;
                split += row[2];
            }
        }
        assertThat(alone).isGreaterThan(400);
        assertThat((double) split / alone).isBetween(0.86, 0.94);
    }

    /** Of 600 documents packed in sequences of 64: each sequence's length, its tokens, and segments that begin within a document. */
    private List<int[]> documentsOf(int tokens) throws IOException {
        int[] sizes = new int[600];
        Arrays.fill(sizes, tokens);
        PackedSequences packed = TestCorpora.pack(TestCorpora.ofDocuments(folder, 9, sizes), 64, 3);
        List<int[]> rows = new ArrayList<>();
        int position = 0;
        for (int s = 0; s < packed.size(); s++) {
            int begin = position;
            int within = 0;
            int[] ids = ids(packed, s);
            for (int i = 1; i < ids.length; i++) {
                if (ids[i] != TestCorpora.WORDS.sepId()) {
                    position++;
                } else if (i < ids.length - 1 && position % tokens != 0) {
                    within++;
                }
            }
            rows.add(new int[] {ids.length, position - begin, within});
        }
        return rows;
    }

    @Test
    void theSeedDecidesWhichSequencesAreSplit() throws IOException {
        TokenizedCorpus corpus = TestCorpora.ofDocuments(folder, 5, 5000, 3000, 2000);
        PackingOptions options = new PackingOptions(32, 0.3);
        PackedCorpus one = SequencePacker.pack(corpus, options, 1);
        PackedCorpus again = SequencePacker.pack(corpus, options, 1);
        PackedCorpus other = SequencePacker.pack(corpus, options, 2);
        assertThat(segmentCounts(again.training())).isEqualTo(segmentCounts(one.training()));
        assertThat(segmentCounts(other.training())).isNotEqualTo(segmentCounts(one.training()));
        assertThat(segmentCounts(other.heldOut())).isEqualTo(segmentCounts(one.heldOut()));
    }

    @Test
    void statistics() throws IOException {
        TokenizedCorpus corpus =
                TokenizedCorpus.tokenize(Corpus.sample(), Vocabulary.bertUncased(), WordPieceOptions.uncased(), 2);
        PackedCorpus packed = SequencePacker.pack(corpus, PackingOptions.ofLength(128), 1);
        PackedCorpus.Statistics statistics = packed.statistics();
        assertThat(statistics.documents()).isEqualTo(538);
        assertThat(statistics.heldOutDocuments()).isBetween(2L, 25L);
        assertThat(statistics.tokens())
                .isEqualTo(packed.training().tokens() + packed.heldOut().tokens());
        assertThat(statistics.unknownFraction()).isBetween(0.0, 0.001);
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> new PackingOptions(4, 0.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the sequence length must be at least 5 ([CLS] a [SEP] b [SEP]), got 4");
        assertThatThrownBy(() -> new PackingOptions(128, 1))
                .hasMessage("the held-out fraction must be in [0, 1), got 1.0");
        assertThatThrownBy(() -> new PackingOptions(128, Double.NaN)).hasMessageContaining("got NaN");
    }

    static int[] textOf(PackedSequences packed, int limit) {
        int[] text = new int[limit];
        int[] ids = new int[packed.sequenceLength()];
        int[] types = new int[packed.sequenceLength()];
        int count = 0;
        for (int s = 0; s < packed.size(); s++) {
            int length = packed.copy(s, ids, types, 0);
            for (int i = 0; i < length; i++) {
                if (ids[i] >= 5) {
                    text[count++] = ids[i];
                }
            }
        }
        return Arrays.copyOf(text, count);
    }

    private static int[] allTokens(TokenizedCorpus corpus) {
        int[] tokens = new int[corpus.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = corpus.token(i);
        }
        return tokens;
    }

    private static int[] ids(PackedSequences packed, int sequence) {
        int[] ids = new int[packed.sequenceLength()];
        int length = packed.copy(sequence, ids, new int[ids.length], 0);
        return Arrays.copyOf(ids, length);
    }

    private static int segments(int[] ids) {
        return (int)
                Arrays.stream(ids).filter(id -> id == TestCorpora.WORDS.sepId()).count();
    }

    private static int[] segmentCounts(PackedSequences packed) {
        int[] counts = new int[packed.size()];
        for (int s = 0; s < counts.length; s++) {
            counts[s] = segments(ids(packed, s));
        }
        return counts;
    }
}
