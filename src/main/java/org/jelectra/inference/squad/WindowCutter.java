package org.jelectra.inference.squad;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.text.AlignedText;
import org.jelectra.text.WordPiece;

/**
 * Cuts questions with their contexts into sequences that a model can read. Contexts that are too long become several windows
 * that overlap. Not safe for use by several threads.
 */
public final class WindowCutter {

    /** Longest question in pieces; what is beyond is cut. */
    static final int QUERY_LIMIT = 64;
    /** Pieces from the beginning of a window to that of the next, at most. */
    static final int STRIDE = 128;
    /**
     * Pieces that neighbouring windows share at least, or half of a window: an answer that is not longer is whole in one of them. The
     * official code, whose sequences have 512 tokens, does without; of 128 tokens its windows would only touch.
     */
    static final int OVERLAP = 32;

    private final WordPiece wordPiece;
    private final int maxLength;
    private AlignedText last;

    /**
     * @param maxLength longest sequence in tokens
     * @throws IllegalArgumentException if that leaves no room for context beside a question
     */
    public WindowCutter(WordPiece wordPiece, int maxLength) {
        if (maxLength < 8) {
            throw new IllegalArgumentException(
                    "question answering needs sequences of at least 8 tokens, got " + maxLength);
        }
        this.wordPiece = wordPiece;
        this.maxLength = maxLength;
    }

    /** Windows of all questions, in their order. */
    public List<QuestionWindow> all(List<SquadQuestion> questions) {
        List<QuestionWindow> windows = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            windows.addAll(windows(i, questions.get(i)));
        }
        return windows;
    }

    /** As {@link #all}, of the {@linkplain SquadQuestion#isTrainable() trainable} questions. */
    public List<QuestionWindow> forTraining(List<SquadQuestion> questions) {
        List<QuestionWindow> windows = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            if (questions.get(i).isTrainable()) {
                windows.addAll(windows(i, questions.get(i)));
            }
        }
        return windows;
    }

    private List<QuestionWindow> windows(int number, SquadQuestion question) {
        // questions about one text follow each other
        if (last == null || !last.text().equals(question.context())) {
            last = AlignedText.of(question.context(), wordPiece);
        }
        AlignedText context = last;
        int[] ids = wordPiece.encode(question.question());
        // half of a short sequence belongs to the context at least
        int limit = Math.min(QUERY_LIMIT, (maxLength - 3) / 2);
        int[] query = ids.length > limit ? Arrays.copyOf(ids, limit) : ids;
        int room = maxLength - query.length - 3;
        int stride = Math.min(STRIDE, Math.max((room + 1) / 2, room - OVERLAP));
        int first = -1;
        int end = -1;
        if (question.isAnswerable() && question.answers().get(0).start() >= 0) {
            SquadQuestion.Answer answer = question.answers().get(0);
            first = firstPiece(context, answer);
            end = lastPiece(context, answer);
        }
        List<QuestionWindow> windows = new ArrayList<>();
        int from = 0;
        while (true) {
            int to = Math.min(context.size(), from + room);
            boolean holds = first >= from && first <= end && end < to;
            int shift = query.length + 2 - from;
            windows.add(new QuestionWindow(
                    number, query, context, from, to, holds ? first + shift : 0, holds ? end + shift : 0));
            if (to == context.size()) {
                return windows;
            }
            from += stride;
        }
    }

    private static int firstPiece(AlignedText context, SquadQuestion.Answer answer) {
        int piece = 0;
        while (piece < context.size() && context.ends()[piece] <= answer.start()) {
            piece++;
        }
        return piece;
    }

    private static int lastPiece(AlignedText context, SquadQuestion.Answer answer) {
        int piece = context.size() - 1;
        while (piece >= 0 && context.starts()[piece] >= answer.end()) {
            piece--;
        }
        return piece;
    }
}
