package org.jelectra.finetune.squad;

import java.util.List;
import org.jelectra.autograd.Workspace;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.JointSpanHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.text.Vocabulary;

/**
 * A question answering model with what its head decides: how it is trained and how it answers.
 *
 * @param model encoder and head
 * @param training records the training pass
 * @param answering makes what answers with the model as it is
 */
record AnswerModel<H>(EncoderWithHead<H> model, Training<H> training, Answering<H> answering) {

    /** Records the training pass for batches of windows. */
    interface Training<H> {
        TaskGraph record(
                EncoderWithHead<H> model,
                List<QuestionWindow> windows,
                Vocabulary vocabulary,
                Reduction reduction,
                int rows,
                int length,
                Workspace workspace);
    }

    /** Makes a predictor. */
    interface Answering<H> {
        SpanPredictor with(EncoderWithHead<H> model, Vocabulary vocabulary, int batchSize, int maxLength);
    }

    /** With HuggingFace's head. */
    static AnswerModel<SpanHead> plain(EncoderWithHead<SpanHead> model) {
        return new AnswerModel<>(model, SpanGraph::new, SpanPredictor::plain);
    }

    /** With the joint head. */
    static AnswerModel<JointSpanHead> joint(EncoderWithHead<JointSpanHead> model) {
        return new AnswerModel<>(model, JointSpanGraph::new, SpanPredictor::joint);
    }

    /** See {@link Training}. */
    TaskGraph record(
            List<QuestionWindow> windows,
            Vocabulary vocabulary,
            Reduction reduction,
            int rows,
            int length,
            Workspace workspace) {
        return training.record(model, windows, vocabulary, reduction, rows, length, workspace);
    }

    /** See {@link Answering}. */
    SpanPredictor predictor(Vocabulary vocabulary, int batchSize, int maxLength) {
        return answering.with(model, vocabulary, batchSize, maxLength);
    }
}
