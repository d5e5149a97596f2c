package org.jelectra.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.inference.batch.EncodedSentence.Stretch;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Test;

/** Words as a tagger reads them: the first piece of each speaks for it. */
class SentenceTaggerTest {

    private static final WordPiece WORDS = new WordPiece(
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##c")),
            WordPieceOptions.uncased());

    private static EncodedSentence sentence(int maxLength, String... words) {
        return EncodedSentence.of(List.of(words), maxLength, WORDS);
    }

    @Test
    void aWordStandsWhereItsFirstPieceDoes() {
        assertThat(sentence(64, "acc", "", "b", "x").stretches()).hasSize(1);
        Stretch sentence = sentence(64, "acc", "", "b", "x").stretches().get(0);
        assertThat(sentence.text().ids()).containsExactly(2, 5, 7, 7, 1, 6, 1, 3);
        assertThat(sentence.text().firstLength()).isEqualTo(8);
        assertThat(sentence.positions()).containsExactly(1, 4, 5, 6);
    }

    @Test
    void wordsStayWholeInStretches() {
        assertStretches(sentence(5, "a", "bc"), new int[] {2, 5, 6, 7, 3}, new int[] {1, 2});
        EncodedSentence three = sentence(5, "a", "bcc", "b", "a", "b", "a");
        assertStretches(
                three,
                new int[] {2, 5, 3},
                new int[] {1},
                new int[] {2, 6, 7, 7, 3},
                new int[] {1},
                new int[] {2, 6, 5, 6, 3},
                new int[] {1, 2, 3},
                new int[] {2, 5, 3},
                new int[] {1});
        assertStretches(sentence(5), new int[] {2, 3}, new int[] {});
    }

    @Test
    void aWordThatNeverFitsLeavesTheOthersWhereTheyAre() {
        assertStretches(sentence(5, "a", "bccc", "b"), new int[] {2, 5, 1, 6, 3}, new int[] {1, 2, 3});
    }

    /** @param expected of each stretch tokens and positions */
    private static void assertStretches(EncodedSentence sentence, int[]... expected) {
        assertThat(sentence.stretches()).hasSize(expected.length / 2);
        for (int i = 0; i < expected.length / 2; i++) {
            Stretch stretch = sentence.stretches().get(i);
            assertThat(stretch.text().ids()).containsExactly(expected[2 * i]);
            assertThat(stretch.positions()).containsExactly(expected[2 * i + 1]);
        }
    }

    @Test
    void everyWordHasTheScoresOfItsPlace() {
        EncoderConfig config = new EncoderConfig(8, 8, 8, 2, 2, 16, 64, 2, 0.1f, 0.1f, 1e-12f, 0.5f);
        List<String> labels = List.of("x", "y", "z");
        try (Backend backend = CpuBackend.create(1)) {
            EncoderWithHead<TokenClassificationHead> model = new EncoderWithHead<>(
                    backend, config, (arena, sizes) -> new TokenClassificationHead(arena, sizes, 3), 7);
            List<EncodedSentence> sentences = List.of(sentence(5, "b", "ac", "b"), sentence(64, "acc", "b", "a"));
            int[][] places = {{0, 1}, {0, 2}, {1, 1}, {2, 1}, {2, 4}, {2, 5}}; // stretch and position of each word
            List<float[]> tokens = new TextRunner(
                            backend,
                            (tape, inputs) ->
                                    model.head().logits(tape, model.encode(tape, inputs.encoder(), false), false),
                            1,
                            64,
                            0)
                    .run(sentences.stream()
                            .flatMap(sentence -> sentence.stretches().stream())
                            .map(Stretch::text)
                            .toList());
            SentenceTagger tagger = new SentenceTagger(model, labels, 2, 64, 0);
            List<float[][]> scores = tagger.scores(sentences);
            List<List<String>> tags = tagger.tag(sentences);
            for (int i = 0; i < 2; i++) {
                assertThat(scores.get(i)).hasNumberOfRows(3);
                for (int word = 0; word < 3; word++) {
                    float[] found = scores.get(i)[word];
                    int[] place = places[i * 3 + word];
                    for (int label = 0; label < 3; label++) {
                        assertThat(found[label]).isCloseTo(tokens.get(place[0])[place[1] * 3 + label], within(1e-5f));
                    }
                    assertThat(tags.get(i).get(word)).isEqualTo(labels.get(SequencePredictor.largest(found)));
                }
            }
        }
    }

    @Test
    void ofEqualScoresTheFirstIsTaken() {
        assertThat(SequencePredictor.largest(new float[] {-1, 3, 2, 3})).isEqualTo(1);
        assertThat(SequencePredictor.largest(new float[] {-1})).isZero();
    }
}
