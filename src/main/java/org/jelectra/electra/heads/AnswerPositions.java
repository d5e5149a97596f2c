package org.jelectra.electra.heads;

import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * Which positions of {@code [CLS] question [SEP] context [SEP]} an answer may begin and end at, of B sequences of S tokens: the
 * context's, and the first token's for "no answer". (The original code gives a share to the last [SEP], too; and it subtracts 1000
 * from the logits of other positions, where here their probability is exactly 0.)
 */
public final class AnswerPositions {

    private final Backend backend;
    private final TokenInputs inputs;
    private final Tensor allowed;
    private final Tensor sequences;
    private final Tensor each;

    /** Of the sequences in these inputs, to be {@linkplain #record computed} of them. */
    public AnswerPositions(Backend backend, TokenInputs inputs) {
        this(backend, inputs, integers(backend, "allowed", inputs.batch() * inputs.length()));
    }

    /** Given with these inputs: {@code allowed} is written where they are. */
    public AnswerPositions(Backend backend, TokenInputs inputs, Tensor allowed) {
        this.backend = backend;
        this.inputs = inputs;
        this.allowed = allowed;
        int batch = inputs.batch();
        int tokens = batch * inputs.length();
        sequences = integers(backend, "sequences", tokens);
        each = integers(backend, "each", batch);
        int[] numbers = new int[tokens];
        for (int i = 0; i < tokens; i++) {
            numbers[i] = i / inputs.length();
        }
        backend.upload(numbers, 0, sequences);
        for (int i = 0; i < batch; i++) {
            numbers[i] = i;
        }
        backend.upload(numbers, 0, each);
    }

    private static Tensor integers(Backend backend, String name, int size) {
        return Tensor.of(name, Shape.of(size), backend.allocate(DType.INT32, size), 0);
    }

    /** Records that {@link #allowed} is computed of the inputs, on the host. */
    public void record(Tape tape) {
        tape.record(
                "answerPositions",
                List.of(inputs.encoder().attentionMask(), inputs.encoder().tokenTypes(), allowed),
                this::computation);
    }

    private Operation computation() {
        int[] mask = new int[(int) allowed.size()];
        int[] types = new int[mask.length];
        int[] open = new int[mask.length];
        int length = inputs.length();
        return () -> {
            backend.download(inputs.encoder().attentionMask(), mask, 0);
            backend.download(inputs.encoder().tokenTypes(), types, 0);
            for (int from = 0; from < open.length; from += length) {
                int last = -1;
                for (int i = from; i < from + length; i++) {
                    open[i] = mask[i] != 0 && types[i] != 0 ? 1 : 0;
                    last = open[i] == 0 ? last : i;
                }
                if (last >= 0) {
                    open[last] = 0;
                }
                open[from] = 1;
            }
            backend.upload(open, 0, allowed);
        };
    }

    /** INT32 [B*S]: 1 where an answer may begin or end. */
    public Tensor allowed() {
        return allowed;
    }

    /** INT32 [B*S]: the number of each token's sequence. */
    Tensor sequences() {
        return sequences;
    }

    /** INT32 [B]: 0, 1, and so on. */
    Tensor each() {
        return each;
    }
}
