package org.jelectra.inference.squad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.electra.heads.JointSpanScores;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Test;

class JointSpanDecoderTest {

    private static final WordPiece WORD_PIECE = new WordPiece(Vocabulary.bertUncased(), WordPieceOptions.uncased());

    private static List<QuestionWindow> windows(int maxLength, String context) {
        return new WindowCutter(WORD_PIECE, maxLength)
                .all(List.of(new SquadQuestion("a", "who ?", context, List.of())));
    }

    /** Scores of a window in which nothing is followed and all logits are 0, but the first token's of "no answer". */
    private static float[] scores(QuestionWindow window, float unanswerable) {
        float[] scores = new float[JointSpanScores.COLUMNS * window.length()];
        for (int row = 0; row < window.length(); row++) {
            scores[row * JointSpanScores.COLUMNS + JointSpanScores.RANK] = -1;
        }
        scores[JointSpanScores.RANK] = unanswerable;
        return scores;
    }

    private static void set(QuestionWindow window, float[] scores, int piece, int column, double value) {
        scores[(window.contextStart() + piece - window.from()) * JointSpanScores.COLUMNS + column] = (float) value;
    }

    private static void follow(QuestionWindow window, float[] scores, int piece, int rank, double logit) {
        set(window, scores, piece, JointSpanScores.RANK, rank);
        set(window, scores, piece, JointSpanScores.START, logit);
    }

    /** Six positions count, the first token and five words. The start that is likelier alone has the less likely end. */
    @Test
    void theEndDependsOnTheStart() {
        List<QuestionWindow> windows = windows(64, "one two Three four five");
        QuestionWindow window = windows.get(0);
        float[] scores = scores(window, -0.5f);
        follow(window, scores, 1, 0, Math.log(10));
        follow(window, scores, 2, 1, Math.log(5));
        set(window, scores, 3, JointSpanScores.ENDS, Math.log(2));
        set(window, scores, 4, JointSpanScores.ENDS + 1, Math.log(15));
        ProbableAnswer found = JointSpanDecoder.best(windows, List.of(scores));
        double expected = 5.0 / 19 * 15 / 20; // more than 10/19 * 2/7
        assertThat(found.answer().text()).isEqualTo("Three four five");
        assertThat(found.answer().start()).isEqualTo(8);
        assertThat(found.probability()).isCloseTo(expected, within(1e-6));
        assertThat(found.answer().score()).isCloseTo(Math.log(expected), within(1e-6));
        assertThat(found.answer().nullOdds()).isEqualTo(-0.5);
        assertThat(found.nullProbability()).isCloseTo(1 / (1 + Math.exp(0.5)), within(1e-9));
        assertThat(found.answer().isNull(0)).isFalse();
        assertThat(found.answer().isNull(-1)).isTrue();
    }

    @Test
    void endsBeforeTheStartAndStartsThatWereNotFollowedDoNotCount() {
        List<QuestionWindow> windows = windows(64, "one two three");
        QuestionWindow window = windows.get(0);
        float[] scores = scores(window, 0);
        set(window, scores, 0, JointSpanScores.START, 9);
        follow(window, scores, 1, 0, -3);
        set(window, scores, 0, JointSpanScores.ENDS, 9);
        set(window, scores, 2, JointSpanScores.ENDS, 1);
        assertThat(JointSpanDecoder.best(windows, List.of(scores)).answer().text())
                .isEqualTo("two three");
    }

    @Test
    void answersAreNotLong() {
        List<QuestionWindow> windows = windows(128, "one ".repeat(60));
        QuestionWindow window = windows.get(0);
        float[] scores = scores(window, 0);
        follow(window, scores, 3, 0, 5);
        set(window, scores, 33, JointSpanScores.ENDS, 5);
        set(window, scores, 32, JointSpanScores.ENDS, 4);
        assertThat(JointSpanDecoder.best(windows, List.of(scores))
                        .answer()
                        .text()
                        .split(" "))
                .hasSize(30);
    }

    @Test
    void theWindowWithMostContextDecidesAndTheLowestLogit() {
        List<QuestionWindow> windows = windows(192, "one two three four five ".repeat(50));
        assertThat(windows).hasSizeGreaterThan(1);
        List<float[]> scores = new ArrayList<>();
        for (int i = 0; i < windows.size(); i++) {
            scores.add(scores(windows.get(i), i == 1 ? -2 : 3));
        }
        // the last pieces of the first window have more context in the second
        int piece = windows.get(0).to() - 2;
        follow(windows.get(0), scores.get(0), piece, 0, 20);
        set(windows.get(0), scores.get(0), piece, JointSpanScores.ENDS, 20);
        follow(windows.get(1), scores.get(1), piece, 7, 1);
        set(windows.get(1), scores.get(1), piece, JointSpanScores.ENDS + 7, 1);
        ProbableAnswer found = JointSpanDecoder.best(windows, scores);
        double others = windows.get(1).contextLength();
        double share = Math.E / (Math.E + others);
        assertThat(found.probability()).isCloseTo(share * share, within(1e-6));
        assertThat(found.answer().nullOdds()).isEqualTo(-2);
        assertThat(found.answer().start()).isEqualTo(windows.get(0).context().starts()[piece]);
    }

    @Test
    void noContextNoAnswer() {
        List<QuestionWindow> windows = windows(32, "");
        ProbableAnswer found = JointSpanDecoder.best(windows, List.of(scores(windows.get(0), -4)));
        assertThat(found.answer().text()).isEmpty();
        assertThat(found.answer().isNull(0)).isTrue();
        assertThat(found.answer().nullOdds()).isEqualTo(1000);
        assertThat(found.probability()).isZero();
    }
}
