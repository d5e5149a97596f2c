package org.jelectra.exchange;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Compares what two copies of a model compute. Neither is in memory while the other is. */
final class LogitsCheck {

    private static final int ROWS = 3;
    private static final int LENGTH = 32;

    private LogitsCheck() {}

    /**
     * The logits of a model for three sequences of different lengths, which contain tokens from all over the vocabulary and, where
     * the model knows them, both token types.
     *
     * @throws IOException if the weights cannot be read, or a logit is not finite
     */
    static float[] logits(Supplier<Backend> open, ModelSource source) throws IOException {
        int length = Math.min(LENGTH, source.config().maxPositions());
        try (Backend backend = open.get()) {
            EncoderWithHead<LogitsHead> model = EncoderWithHead.untrained(
                    backend,
                    source.config(),
                    source.architecture().head(source.labels().size()));
            for (Map.Entry<String, Shape> entry : source.weights().shapes().entrySet()) {
                Parameter parameter = model.parameters().parameter(entry.getKey());
                backend.upload(source.weights().floats(entry.getKey()), 0, parameter.value());
            }
            TokenInputs inputs = new TokenInputs(backend, ROWS, length);
            upload(inputs, source);
            Tape tape = new Tape(backend, inputs.clock());
            Variable hidden = model.encode(tape, inputs.encoder(), false);
            Tensor logits = tape.keep(model.head().logits(tape, hidden, inputs).value());
            Program program = tape.compile();
            program.forward();
            float[] values = new float[Math.toIntExact(logits.size())];
            backend.download(logits, values, 0);
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    throw new IOException(source.weightsPath() + ": the model's logits are not finite (" + value
                            + "); its weights are not usable");
                }
            }
            return values;
        }
    }

    private static void upload(TokenInputs inputs, ModelSource source) {
        int length = inputs.length();
        int[] ids = new int[ROWS * length];
        int[] mask = new int[ids.length];
        int[] types = new int[ids.length];
        Arrays.fill(ids, source.tokenizer().vocabulary().padId());
        for (int row = 0; row < ROWS; row++) {
            int tokens = Math.max(1, length >> row);
            for (int i = 0; i < tokens; i++) {
                int at = row * length + i;
                // 7919 is prime: the ids spread over the vocabulary
                ids[at] = (int) ((7919L * (at + 1)) % source.config().vocabularySize());
                mask[at] = 1;
                types[at] = source.config().tokenTypes() > 1 && 2 * i > tokens ? 1 : 0;
            }
        }
        inputs.upload(ids, mask, types);
    }

    /**
     * Throws IOException unless both are equal, bit for bit.
     *
     * @param what what was compared, for the message
     */
    static void requireEqual(float[] expected, float[] found, String what) throws IOException {
        int different = Math.abs(expected.length - found.length);
        double largest = 0;
        for (int i = 0; i < Math.min(expected.length, found.length); i++) {
            if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(found[i])) {
                different++;
                largest = Math.max(largest, Math.abs((double) expected[i] - found[i]));
            }
        }
        if (different > 0) {
            throw new IOException(what + ": the self-check failed: " + different + " of " + expected.length
                    + " logits differ from the original's, by up to " + largest + "; nothing was written");
        }
    }
}
