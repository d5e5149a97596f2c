package org.jelectra.inference.batch;

import java.util.List;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;

/** Computes a sequence classifier's outputs for any number of texts, those of similar length together. Without dropout. */
public final class SequencePredictor {

    private final TextRunner runner;

    /**
     * @param batchSize texts that are computed at once, at most
     * @param maxLength longest text in tokens
     * @param padId token that fills up shorter texts
     */
    public SequencePredictor(EncoderWithHead<ClassificationHead> model, int batchSize, int maxLength, int padId) {
        runner = new TextRunner(
                model.backend(),
                (tape, inputs) -> model.head()
                        .logits(tape, model.encode(tape, inputs.encoder(), false), inputs.firstTokens(), false),
                batchSize,
                maxLength,
                padId);
    }

    /** Takes the memory for all texts now, which else is done when it is needed. */
    public void reserve() {
        runner.reserve();
    }

    /**
     * Outputs of the head for each text, in the order of the texts.
     *
     * @throws IllegalStateException if an output is not finite: the model's weights are broken
     */
    public List<float[]> predict(List<EncodedText> texts) {
        return runner.run(texts);
    }

    /** Index of the largest output, the first of equals. */
    public static int largest(float[] outputs) {
        int best = 0;
        for (int i = 1; i < outputs.length; i++) {
            if (outputs[i] > outputs[best]) {
                best = i;
            }
        }
        return best;
    }
}
