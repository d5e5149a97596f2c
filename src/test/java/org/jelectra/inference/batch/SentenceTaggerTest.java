package org.jelectra.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TokenClassificationHead;
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
        EncodedSentence sentence = sentence(64, "acc", "", "b", "x");
        assertThat(sentence.text().ids()).containsExactly(2, 5, 7, 7, 1, 6, 1, 3);
        assertThat(sentence.text().firstLength()).isEqualTo(8);
        assertThat(sentence.positions()).containsExactly(1, 4, 5, 6);
    }

    @Test
    void wordsAreCutOffWhole() {
        assertThat(sentence(5, "a", "bc").text().ids()).containsExactly(2, 5, 6, 7, 3);
        EncodedSentence cut = sentence(5, "a", "bcc", "b");
        assertThat(cut.text().ids()).containsExactly(2, 5, 3);
        assertThat(cut.positions()).containsExactly(1, -1, -1);
    }

    @Test
    void everyWordHasTheScoresOfItsPlace() {
        EncoderConfig config = new EncoderConfig(8, 8, 8, 2, 2, 16, 64, 2, 0.1f, 0.1f, 1e-12f, 0.5f);
        List<String> labels = List.of("x", "y", "z");
        try (Backend backend = CpuBackend.create(1)) {
            EncoderWithHead<TokenClassificationHead> model = new EncoderWithHead<>(
                    backend, config, (arena, sizes) -> new TokenClassificationHead(arena, sizes, 3), 7);
            List<EncodedSentence> sentences = List.of(sentence(5, "b", "ac", "b"), sentence(64, "acc", "b", "a"));
            List<float[]> tokens = new TextRunner(
                            backend,
                            (tape, inputs) ->
                                    model.head().logits(tape, model.encode(tape, inputs.encoder(), false), false),
                            1,
                            64,
                            0)
                    .run(sentences.stream().map(EncodedSentence::text).toList());
            SentenceTagger tagger = new SentenceTagger(model, labels, 2, 64, 0);
            List<float[][]> scores = tagger.scores(sentences);
            List<List<String>> tags = tagger.tag(sentences);
            for (int i = 0; i < 2; i++) {
                int[] positions = sentences.get(i).positions();
                assertThat(scores.get(i)).hasNumberOfRows(3);
                for (int word = 0; word < 3; word++) {
                    float[] found = scores.get(i)[word];
                    if (positions[word] < 0) {
                        assertThat(found).isNull();
                        assertThat(tags.get(i).get(word)).isEqualTo("O");
                        continue;
                    }
                    for (int label = 0; label < 3; label++) {
                        assertThat(found[label]).isCloseTo(tokens.get(i)[positions[word] * 3 + label], within(1e-5f));
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
