package org.jelectra.example;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.AttentionShape;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.LayerNorm;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/** The example of docs/engine.md of a layer that is put together of single operations. */
final class PreNormExample {

    private PreNormExample() {}

    // documented: begin
    /** A Transformer layer that normalises before its parts, not behind them (Xiong et al. 2020). */
    static final class PreNormLayer {

        private final LayerNorm beforeAttention;
        private final Linear queryKeyValue;
        private final Linear output;
        private final LayerNorm beforeFeedForward;
        private final Linear inner;
        private final Linear outer;

        PreNormLayer(ParameterArena parameters, String name, int width) {
            var initial = Initializer.GLOROT_UNIFORM;
            beforeAttention = new LayerNorm(parameters, name + ".attention.LayerNorm", width, 1e-6f);
            queryKeyValue = new Linear(parameters, name + ".attention.query_key_value", width, 3 * width, initial);
            output = new Linear(parameters, name + ".attention.output", width, width, initial);
            beforeFeedForward = new LayerNorm(parameters, name + ".feed_forward.LayerNorm", width, 1e-6f);
            inner = new Linear(parameters, name + ".feed_forward.inner", width, 4 * width, initial);
            outer = new Linear(parameters, name + ".feed_forward.outer", 4 * width, width, initial);
        }

        /** {@code [B*S, H]} to {@code [B*S, H]}; mask INT32 [B,S], 1 for a token, 0 for padding. */
        Variable apply(Tape tape, Variable x, Tensor mask, AttentionShape shape, float dropout) {
            Variable projected = queryKeyValue.apply(tape, beforeAttention.apply(tape, x));
            Variable context = tape.attention(projected, mask, shape, tape.newDropout(dropout));
            Variable attention = tape.dropout(output.apply(tape, context), tape.newDropout(dropout));
            Variable attended = tape.add(x, attention);
            Variable hidden = inner.applyGelu(tape, beforeFeedForward.apply(tape, attended));
            Variable feedForward = tape.dropout(outer.apply(tape, hidden), tape.newDropout(dropout));
            return tape.add(attended, feedForward);
        }
    }
    // documented: end
}
