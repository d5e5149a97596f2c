package org.jelectra.inference.squad;

import java.util.Arrays;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.text.AlignedText;
import org.jelectra.text.Vocabulary;

/**
 * A question with a stretch of its context: {@code [CLS] question [SEP] context [SEP]}.
 *
 * @param question number of the question
 * @param questionIds pieces of the question
 * @param context the whole context; windows of one text share it
 * @param from first piece of the stretch
 * @param to piece after the last
 * @param start position in the sequence where the answer begins; 0, the first token, where the stretch does not hold it
 * @param end position in the sequence of the answer's last piece, or 0
 */
public record QuestionWindow(
        int question, int[] questionIds, AlignedText context, int from, int to, int start, int end) {

    /** Longest answer that is given, as in the original code. */
    public static final int MAX_ANSWER_PIECES = 30;

    /** Position in the sequence of the first piece of the context. */
    int contextStart() {
        return questionIds.length + 2;
    }

    /** Pieces of context. */
    int contextLength() {
        return to - from;
    }

    /** Length of the sequence. */
    public int length() {
        return questionIds.length + contextLength() + 3;
    }

    /** Whether the stretch holds the answer. */
    public boolean hasAnswer() {
        return start > 0;
    }

    /** Whether the stretch holds an answer that is longer than any that is given. */
    public boolean hasTooLongAnswer() {
        return end - start >= MAX_ANSWER_PIECES;
    }

    /** Sets {@code open[begin...]}, of zeros, to 1 where the answer may begin or end: at the context and, for none, the first token. */
    public void allow(int[] open, int begin) {
        open[begin] = 1;
        int first = begin + contextStart();
        Arrays.fill(open, first, first + contextLength(), 1);
    }

    /** The sequence. */
    public EncodedText text(Vocabulary vocabulary) {
        int[] ids = new int[length()];
        ids[0] = vocabulary.clsId();
        System.arraycopy(questionIds, 0, ids, 1, questionIds.length);
        ids[questionIds.length + 1] = vocabulary.sepId();
        System.arraycopy(context.ids(), from, ids, contextStart(), contextLength());
        ids[ids.length - 1] = vocabulary.sepId();
        return new EncodedText(ids, contextStart());
    }

    /** How much context a piece of the whole has in this window: the fewer of the pieces on its two sides, plus 1 % of the length. */
    double contextOf(int piece) {
        return Math.min(piece - from, to - 1 - piece) + 0.01 * contextLength();
    }
}
