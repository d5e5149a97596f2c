package org.jelectra.finetune.squad;

import java.util.List;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.JointSpanHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.Reduction;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.inference.squad.QuestionWindow;
import org.jelectra.inference.squad.SpanPredictor;
import org.jelectra.inference.squad.SquadHead;
import org.jelectra.nn.EncoderConfig;
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

    /** A model of new weights, a function of the settings' seed. */
    static AnswerModel<?> create(Backend backend, EncoderConfig config, SquadHead head, FineTuneSettings settings) {
        Integer frozen = settings.frozenLayers();
        long seed = settings.seed();
        return switch (head) {
            case HUGGINGFACE ->
                new AnswerModel<>(
                        new EncoderWithHead<>(backend, config, SpanHead::new, frozen, seed),
                        SpanGraph::new,
                        SpanPredictor::plain);
            case JOINT ->
                new AnswerModel<>(
                        new EncoderWithHead<>(backend, config, JointSpanHead::new, frozen, seed),
                        JointSpanGraph::new,
                        SpanPredictor::joint);
        };
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
