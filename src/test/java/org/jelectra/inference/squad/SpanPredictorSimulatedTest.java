package org.jelectra.inference.squad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.backend.cuda.SimulatedBackends;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.JointSpanHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.DType;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batch after batch of one shape, the later ones as they were recorded, on the CUDA backend and on the CPU. */
class SpanPredictorSimulatedTest {

    private static final Vocabulary VOCABULARY =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cat", "dog", "sees", "the", "who"));
    private static final EncoderConfig CONFIG =
            new EncoderConfig(VOCABULARY.size(), 8, 8, 2, 2, 16, 64, 2, 0.1f, 0.1f, 1e-12f, 0.5f);

    @ParameterizedTest
    @EnumSource(SquadHead.class)
    void answersAsTheCpuDoes(SquadHead head) {
        List<PredictedAnswer> expected = answers(CpuBackend.create(1), head);
        List<PredictedAnswer> found = answers(SimulatedBackends.open(DType.FLOAT32), head);
        assertThat(found).hasSize(12);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i).text()).isEqualTo(expected.get(i).text());
            assertThat(found.get(i).nullOdds()).isCloseTo(expected.get(i).nullOdds(), within(1e-4));
        }
    }

    private static List<PredictedAnswer> answers(Backend backend, SquadHead head) {
        List<SquadQuestion> questions = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String context = "the " + (i % 3 == 0 ? "cat" : "dog") + " sees the " + (i % 2 == 0 ? "dog" : "cat");
            questions.add(new SquadQuestion("q" + i, "who sees", context, List.of()));
        }
        WordPiece wordPiece = new WordPiece(VOCABULARY, WordPieceOptions.uncased());
        List<QuestionWindow> windows = new WindowCutter(wordPiece, 32).all(questions);
        try (backend) {
            SpanPredictor predictor = head == SquadHead.JOINT
                    ? SpanPredictor.joint(
                            new EncoderWithHead<>(backend, CONFIG, JointSpanHead::new, 3), VOCABULARY, 4, 32)
                    : SpanPredictor.plain(new EncoderWithHead<>(backend, CONFIG, SpanHead::new, 3), VOCABULARY, 4, 32);
            return predictor.answers(windows);
        }
    }
}
