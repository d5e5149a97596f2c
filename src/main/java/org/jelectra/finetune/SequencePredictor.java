package org.jelectra.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Workspace;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.tensor.Tensor;

/** Computes a sequence classifier's outputs for any number of texts, those of similar length together. Without dropout. */
public final class SequencePredictor {

    private final EncoderWithHead<ClassificationHead> model;
    private final int outputs;
    private final int batchSize;
    private final int maxLength;
    private final int padId;
    private final Workspace workspace;
    private final Map<Integer, Recording> recordings = new HashMap<>();

    private record Recording(TokenInputs inputs, TextBatch batch, Tensor logits, Program program) {}

    /**
     * @param outputs of the model's head
     * @param batchSize texts that are computed at once
     * @param maxLength longest text in tokens
     * @param padId token that fills up shorter texts
     */
    public SequencePredictor(
            EncoderWithHead<ClassificationHead> model, int outputs, int batchSize, int maxLength, int padId) {
        this.model = model;
        this.outputs = outputs;
        this.batchSize = batchSize;
        this.maxLength = maxLength;
        this.padId = padId;
        workspace = new Workspace(model.backend());
    }

    /**
     * Outputs of the head for each text, in the order of the texts.
     *
     * @throws IllegalStateException if an output is not finite: the model's weights are broken
     */
    public List<float[]> predict(List<EncodedText> texts) {
        Integer[] order = new Integer[texts.size()];
        Arrays.setAll(order, i -> i);
        // the longest first: its memory serves the others
        Arrays.sort(order, Comparator.comparingInt(i -> -texts.get(i).length()));
        float[][] results = new float[texts.size()][];
        for (int from = 0; from < order.length; from += batchSize) {
            int to = Math.min(order.length, from + batchSize);
            List<EncodedText> batch = new ArrayList<>();
            for (int i = from; i < to; i++) {
                batch.add(texts.get(order[i]));
            }
            float[] logits = run(batch);
            for (int i = from; i < to; i++) {
                int row = i - from;
                results[order[i]] = Arrays.copyOfRange(logits, row * outputs, (row + 1) * outputs);
                requireFinite(results[order[i]], order[i]);
            }
        }
        return List.of(results);
    }

    private float[] run(List<EncodedText> batch) {
        int length = LengthBuckets.length(batch.get(0).length(), maxLength);
        Recording recording = recordings.computeIfAbsent(length, this::record);
        recording.batch.upload(batch.toArray(EncodedText[]::new));
        recording.program.forward();
        float[] logits = new float[batchSize * outputs];
        model.backend().download(recording.logits, logits, 0);
        return logits;
    }

    private Recording record(int length) {
        TokenInputs inputs = new TokenInputs(model.backend(), batchSize, length);
        Tape tape = new Tape(model.backend(), inputs.clock());
        Tensor logits = tape.keep(model.head()
                .logits(tape, model.encode(tape, inputs.encoder(), false), inputs.firstTokens(), false)
                .value());
        return new Recording(inputs, new TextBatch(inputs, padId), logits, tape.compile(workspace));
    }

    private static void requireFinite(float[] scores, int index) {
        for (float score : scores) {
            if (!Float.isFinite(score)) {
                throw new IllegalStateException("the model's score for text number " + (index + 1) + " is " + score
                        + "; its weights are not usable");
            }
        }
    }
}
