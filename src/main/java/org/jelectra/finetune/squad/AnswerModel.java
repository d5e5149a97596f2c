package org.jelectra.finetune.squad;

import java.util.List;
import org.jelectra.autograd.Workspace;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.JointSpanHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.text.Vocabulary;

/** A question answering model with what its head decides: how it is trained and how it answers. */
interface AnswerModel {

    /** With HuggingFace's head. */
    static AnswerModel plain(EncoderWithHead<SpanHead> model) {
        return new AnswerModel() {
            @Override
            public EncoderWithHead<SpanHead> model() {
                return model;
            }

            @Override
            public TaskGraph record(
                    List<QuestionWindow> windows,
                    Vocabulary vocabulary,
                    Reduction reduction,
                    int rows,
                    int length,
                    Workspace workspace) {
                return new SpanGraph(model, windows, vocabulary, reduction, rows, length, workspace);
            }

            @Override
            public SpanPredictor predictor(Vocabulary vocabulary, int batchSize, int maxLength) {
                return SpanPredictor.plain(model, vocabulary, batchSize, maxLength);
            }
        };
    }

    /** With the joint head. */
    static AnswerModel joint(EncoderWithHead<JointSpanHead> model) {
        return new AnswerModel() {
            @Override
            public EncoderWithHead<JointSpanHead> model() {
                return model;
            }

            @Override
            public TaskGraph record(
                    List<QuestionWindow> windows,
                    Vocabulary vocabulary,
                    Reduction reduction,
                    int rows,
                    int length,
                    Workspace workspace) {
                return new JointSpanGraph(model, windows, vocabulary, reduction, rows, length, workspace);
            }

            @Override
            public SpanPredictor predictor(Vocabulary vocabulary, int batchSize, int maxLength) {
                return SpanPredictor.joint(model, vocabulary, batchSize, maxLength);
            }
        };
    }

    /** Encoder and head. */
    EncoderWithHead<?> model();

    /** Records the training pass for batches of windows. */
    TaskGraph record(
            List<QuestionWindow> windows,
            Vocabulary vocabulary,
            Reduction reduction,
            int rows,
            int length,
            Workspace workspace);

    /** Answers with the model as it is. */
    SpanPredictor predictor(Vocabulary vocabulary, int batchSize, int maxLength);
}
