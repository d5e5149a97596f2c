package org.jelectra.inference.squad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowCutterTest {

    private static final WordPiece WORD_PIECE = new WordPiece(Vocabulary.bertUncased(), WordPieceOptions.uncased());

    private static SquadQuestion question(String question, String context, String answer) {
        List<SquadQuestion.Answer> answers =
                answer == null ? List.of() : List.of(new SquadQuestion.Answer(answer, context.indexOf(answer)));
        return new SquadQuestion("id", question, context, answers);
    }

    private static List<QuestionWindow> cut(int maxLength, SquadQuestion question) {
        return new WindowCutter(WORD_PIECE, maxLength).forTraining(List.of(question));
    }

    @Test
    void theAnswersPiecesAreTheAnswer() {
        String context = "In 1066 William (the Bastard) of Normandy won the Battle of Hastings.";
        for (String answer : List.of("1066", "William (the Bastard)", "the Bastard", "Hastings", "won the Battle")) {
            QuestionWindow window =
                    cut(64, question("Who won?", context, answer)).get(0);
            int shift = window.contextStart();
            assertThat(window.context().span(window.start() - shift, window.end() - shift))
                    .isEqualTo(answer);
        }
    }

    @Test
    void anAnswerWithinAWordWidensToItsPieces() {
        QuestionWindow window =
                cut(32, question("Which?", "the Hastings field", "asting")).get(0);
        int shift = window.contextStart();
        assertThat(window.context().span(window.start() - shift, window.end() - shift))
                .contains("asting");
    }

    @Test
    void oneSequence() {
        QuestionWindow window =
                cut(32, question("Who won?", "William won.", null)).get(0);
        Vocabulary vocabulary = WORD_PIECE.vocabulary();
        List<String> tokens = new ArrayList<>();
        for (int id : window.text(vocabulary).ids()) {
            tokens.add(vocabulary.token(id));
        }
        assertThat(tokens).containsExactly("[CLS]", "who", "won", "?", "[SEP]", "william", "won", ".", "[SEP]");
        assertThat(window.text(vocabulary).firstLength()).isEqualTo(5).isEqualTo(window.contextStart());
        assertThat(window.start()).isZero();
        assertThat(window.end()).isZero();
    }

    @Test
    void longContextsBecomeWindowsThatOverlap() {
        String context = "one two three four five ".repeat(100) + "Hastings";
        List<QuestionWindow> windows = cut(192, question("which place ?", context, "Hastings"));
        assertThat(windows).hasSizeGreaterThan(2);
        for (int i = 0; i < windows.size(); i++) {
            QuestionWindow window = windows.get(i);
            assertThat(window.length()).isLessThanOrEqualTo(192);
            assertThat(window.from()).isEqualTo(i * WindowCutter.STRIDE);
            boolean last = i == windows.size() - 1;
            assertThat(window.to() == 501).isEqualTo(last);
            assertThat(window.start() > 0).isEqualTo(last);
        }
        assertThat(windows.get(windows.size() - 1).end())
                .isEqualTo(windows.get(windows.size() - 1).length() - 2);
    }

    /** Windows of 11 pieces, 6 apart: an answer that fills the second, at the very beginning, in two, and longer than what they share. */
    @Test
    void aWindowHoldsAnAnswerFromItsFirstToItsLastPiece() {
        String context = "a b c d e f g h i j k l m n o p q r s t u v w x y z";
        assertThat(targets(context, "g h i j k l m n o p q")).containsExactly(0, 0, 4, 14, 0, 0, 0, 0);
        assertThat(targets(context, "a")).containsExactly(4, 4, 0, 0, 0, 0, 0, 0);
        assertThat(targets(context, "k l")).containsExactly(0, 0, 8, 9, 0, 0, 0, 0);
        assertThat(targets(context, "g h")).containsExactly(10, 11, 4, 5, 0, 0, 0, 0);
        assertThat(targets(context, "l m n o p q r")).containsOnly(0);
    }

    private static List<Integer> targets(String context, String answer) {
        return cut(16, question("which ?", context, answer)).stream()
                .flatMap(window -> Stream.of(window.start(), window.end()))
                .toList();
    }

    /** Control characters are in no piece. */
    @Test
    void anAnswerOfCharactersThatNoPieceHasIsNotHeld() {
        assertThat(targets("\u0001 cat", "\u0001")).containsExactly(0, 0);
        assertThat(targets("cat \u0001", "\u0001")).containsExactly(0, 0);
    }

    @Test
    void questionsAboutOneTextShareItsPieces() {
        SquadQuestion who = question("who ?", "a cat", null);
        List<QuestionWindow> windows =
                new WindowCutter(WORD_PIECE, 32).all(List.of(who, who, question("who ?", "a dog", null)));
        assertThat(windows.get(1).context()).isSameAs(windows.get(0).context());
        assertThat(windows.get(2).context().text()).isEqualTo("a dog");
    }

    /** An answer that is not longer than what windows share is whole in one of them, wherever it is. */
    @ParameterizedTest
    @CsvSource({"16, 5", "32, 13", "64, 29", "128, 32", "192, 59", "512, 379"})
    void windowsShare(int maxLength, int shared) {
        List<QuestionWindow> windows =
                cut(maxLength, question("which ?", "one two three four five ".repeat(300), null));
        assertThat(windows.get(0).from()).isZero();
        for (int i = 1; i < windows.size(); i++) {
            assertThat(windows.get(i - 1).to() - windows.get(i).from()).isEqualTo(shared);
        }
        assertThat(windows.get(windows.size() - 1).to()).isEqualTo(1500);
    }

    /** As for the official code's lengths. */
    @ParameterizedTest
    @ValueSource(ints = {256, 384, 512})
    void longSequencesAre128PiecesApart(int maxLength) {
        String query = "which ".repeat(WindowCutter.QUERY_LIMIT);
        List<QuestionWindow> windows = cut(maxLength, question(query, "one two three four five ".repeat(300), null));
        assertThat(windows.get(1).from()).isEqualTo(128);
    }

    @Test
    void longQuestionsAreCut() {
        QuestionWindow window =
                cut(384, question("why ".repeat(90), "because", null)).get(0);
        assertThat(window.questionIds()).hasSize(WindowCutter.QUERY_LIMIT);
        assertThat(cut(16, question("why ".repeat(90), "because of that which was so", null)))
                .singleElement()
                .satisfies(cut -> {
                    assertThat(cut.questionIds()).hasSize(6);
                    assertThat(cut.contextLength()).isEqualTo(6);
                });
        assertThat(cut(8, question("why ".repeat(90), "because", null))).hasSize(1);
    }

    @Test
    void anAnswerThatIsNotThereTeachesNothing() {
        assertThat(cut(32, question("who ?", "a cat", "dog"))).isEmpty();
        assertThat(new WindowCutter(WORD_PIECE, 32).all(List.of(question("who ?", "a cat", "dog"))))
                .singleElement()
                .satisfies(window -> assertThat(window.start()).isZero());
    }

    @Test
    void noContextIsOneWindow() {
        assertThat(cut(32, question("who ?", "", null)))
                .singleElement()
                .satisfies(window -> assertThat(window.contextLength()).isZero());
    }

    @Test
    void tooShort() {
        assertThatThrownBy(() -> new WindowCutter(WORD_PIECE, 7)).hasMessageContaining("at least 8 tokens, got 7");
    }
}
