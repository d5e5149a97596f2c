package org.jelectra.inference.squad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Test;

class SpanDecoderTest {

    private static final WordPiece WORD_PIECE = new WordPiece(Vocabulary.bertUncased(), WordPieceOptions.uncased());

    private static List<QuestionWindow> windows(int maxLength, String context) {
        return new WindowCutter(WORD_PIECE, maxLength)
                .all(List.of(new SquadQuestion("a", "who ?", context, List.of())));
    }

    private static float[] flat(QuestionWindow window) {
        float[] logits = new float[2 * window.length()];
        Arrays.fill(logits, -5);
        return logits;
    }

    private static void set(QuestionWindow window, float[] logits, int piece, int column, float value) {
        logits[2 * (window.contextStart() + piece - window.from()) + column] = value;
    }

    @Test
    void theTextIsTheOriginal() {
        List<QuestionWindow> windows = windows(64, "Then  “William\tof   Normandy” won.");
        float[] logits = flat(windows.get(0));
        set(windows.get(0), logits, 2, 0, 3);
        set(windows.get(0), logits, 4, 1, 2);
        logits[0] = 1;
        logits[1] = 0.5f;
        PredictedAnswer answer = SpanDecoder.best(windows, List.of(logits));
        assertThat(answer).isEqualTo(new PredictedAnswer("William\tof   Normandy", 7, 28, 5, -3.5));
        assertThat(answer.isNull(0)).isFalse();
        assertThat(answer.isNull(-4)).isTrue();
    }

    @Test
    void questionAndFirstTokenAreNoAnswer() {
        List<QuestionWindow> windows = windows(64, "one two");
        float[] logits = flat(windows.get(0));
        for (int i = 0; i < 2 * windows.get(0).contextStart(); i++) {
            logits[i] = 9;
        }
        logits[logits.length - 1] = 9;
        set(windows.get(0), logits, 1, 0, 0);
        set(windows.get(0), logits, 0, 1, 0.5f); // before the start
        PredictedAnswer answer = SpanDecoder.best(windows, List.of(logits));
        assertThat(answer.text()).isEqualTo("one");
        assertThat(answer.score()).isEqualTo(-4.5);
        assertThat(answer.nullOdds()).isEqualTo(18 + 4.5);
    }

    @Test
    void answersAreNotLong() {
        List<QuestionWindow> windows = windows(128, "one ".repeat(60));
        float[] logits = flat(windows.get(0));
        set(windows.get(0), logits, 0, 0, 5);
        set(windows.get(0), logits, 30, 1, 5);
        set(windows.get(0), logits, 29, 1, 4);
        PredictedAnswer answer = SpanDecoder.best(windows, List.of(logits));
        assertThat(answer.text().split(" ")).hasSize(30);
    }

    @Test
    void theWindowWithMostContextDecides() {
        List<QuestionWindow> windows = windows(192, "one two three four five ".repeat(50));
        assertThat(windows).hasSizeGreaterThan(1);
        List<float[]> scores = new ArrayList<>();
        windows.forEach(window -> scores.add(flat(window)));
        // the last pieces of the first window have more context in the second
        int piece = windows.get(0).to() - 2;
        set(windows.get(0), scores.get(0), piece, 0, 9);
        set(windows.get(0), scores.get(0), piece, 1, 9);
        set(windows.get(1), scores.get(1), piece, 0, 1);
        set(windows.get(1), scores.get(1), piece, 1, 1);
        scores.get(1)[0] = -8;
        PredictedAnswer answer = SpanDecoder.best(windows, scores);
        assertThat(answer.score()).isEqualTo(2);
        assertThat(answer.nullOdds()).as("the lowest of all windows").isEqualTo(-13 - 2);
        assertThat(answer.start()).isEqualTo(windows.get(0).context().starts()[piece]);
    }

    @Test
    void eachPieceHasOneWindowWithMostContext() {
        for (int maxLength : new int[] {64, 192, 512}) {
            List<QuestionWindow> windows = windows(maxLength, "one two three four five ".repeat(300));
            for (int piece = 0; piece < 1500; piece++) {
                int best = -1;
                for (int w = 0; w < windows.size(); w++) {
                    QuestionWindow window = windows.get(w);
                    boolean holds = piece >= window.from() && piece < window.to();
                    if (holds
                            && (best < 0
                                    || window.contextOf(piece)
                                            > windows.get(best).contextOf(piece))) {
                        best = w;
                    }
                }
                for (int w = 0; w < windows.size(); w++) {
                    QuestionWindow window = windows.get(w);
                    if (piece >= window.from() && piece < window.to()) {
                        assertThat(SpanDecoder.hasMostContext(windows, w, piece))
                                .isEqualTo(w == best);
                    }
                }
            }
        }
    }

    /** The window before it ends there, and is so long that its 1 % outweighs one piece of context. */
    @Test
    void theLastPieceBelongsToTheLastWindow() {
        List<QuestionWindow> windows = windows(305, "one ".repeat(301));
        assertThat(windows).hasSize(2);
        assertThat(windows.get(0).to()).isEqualTo(300);
        assertThat(SpanDecoder.hasMostContext(windows, 1, 300)).isTrue();
        assertThat(windows.get(1).contextOf(300)).isCloseTo(1.73, within(1e-9));
        assertThat(windows.get(1).contextOf(130)).isCloseTo(3.73, within(1e-9));
    }

    /** What a column's softmax over the first token and the context gives a position. */
    private static double share(QuestionWindow window, float[] logits, int position, int column) {
        double sum = Math.exp(logits[column]);
        for (int i = window.contextStart(); i < window.length() - 1; i++) {
            sum += Math.exp(logits[2 * i + column]);
        }
        return Math.exp(logits[2 * position + column]) / sum;
    }

    @Test
    void probabilitiesAreOverTheContextAndTheFirstToken() {
        List<QuestionWindow> windows = windows(192, "one two three four five ".repeat(50));
        assertThat(windows).hasSize(2);
        List<float[]> scores = new ArrayList<>();
        windows.forEach(window -> scores.add(flat(window)));
        // in both windows, with more context in the second; the first is surer of it
        int first = windows.get(0).to() - 3;
        int last = first + 1;
        for (int w = 0; w < 2; w++) {
            set(windows.get(w), scores.get(w), first, 0, 4 - w);
            set(windows.get(w), scores.get(w), last, 1, 3 - w);
            scores.get(w)[0] = 1 + w;
            scores.get(w)[1] = 0.5f;
            scores.get(w)[2] = 9; // the question's, which do not count
            scores.get(w)[scores.get(w).length - 1] = 9;
        }
        double[] answer = new double[2];
        double[] none = new double[2];
        for (int w = 0; w < 2; w++) {
            QuestionWindow window = windows.get(w);
            int shift = window.contextStart() - window.from();
            answer[w] = share(window, scores.get(w), first + shift, 0) * share(window, scores.get(w), last + shift, 1);
            none[w] = share(window, scores.get(w), 0, 0) * share(window, scores.get(w), 0, 1);
        }
        assertThat(answer[0]).isGreaterThan(answer[1]);
        assertThat(none[0]).isLessThan(none[1]);
        ProbableAnswer found = SpanProbabilities.of(windows, scores);
        assertThat(found.answer().start()).isEqualTo(windows.get(0).context().starts()[first]);
        assertThat(found.answer().end()).isEqualTo(windows.get(0).context().ends()[last]);
        assertThat(found.probability()).isCloseTo(answer[0], within(1e-12));
        assertThat(found.nullProbability()).isCloseTo(none[0], within(1e-12));
    }

    @Test
    void noEndBehindAStartNoAnswer() {
        List<QuestionWindow> windows = windows(128, "one ".repeat(40));
        float[] logits = flat(windows.get(0));
        for (int piece = 0; piece < 20; piece++) {
            set(windows.get(0), logits, 20 + piece, 0, 5);
            set(windows.get(0), logits, piece, 1, 5);
        }
        logits[0] = 1;
        logits[1] = 2;
        ProbableAnswer found = SpanProbabilities.of(windows, List.of(logits));
        assertThat(found.answer().text()).isEmpty();
        assertThat(found.answer().isNull(0)).isTrue();
        assertThat(found.answer().nullOdds()).isEqualTo(SpanDecoder.IMPOSSIBLE);
        assertThat(found.probability()).isZero();
    }

    @Test
    void noContextNoAnswer() {
        List<QuestionWindow> windows = windows(32, "");
        PredictedAnswer answer = SpanDecoder.best(windows, List.of(flat(windows.get(0))));
        assertThat(answer.text()).isEmpty();
        assertThat(answer.isNull(0)).isTrue();
        assertThat(Double.isFinite(answer.nullOdds())).isTrue();
    }
}
