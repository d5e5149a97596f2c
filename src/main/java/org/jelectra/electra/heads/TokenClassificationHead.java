package org.jelectra.electra.heads;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;

/** A label for every token, as HuggingFace's {@code ElectraForTokenClassification}: dropout, then one linear layer. */
public final class TokenClassificationHead {

    private final Linear classifier;
    private final float dropout;

    /** Adds {@code classifier.weight} and {@code classifier.bias}. */
    public TokenClassificationHead(ParameterArena arena, EncoderConfig config, int labels) {
        classifier = new Linear(
                arena,
                "classifier",
                config.hiddenSize(),
                labels,
                Initializer.truncatedNormal(config.initializerRange()));
        dropout = config.hiddenDropout();
    }

    /** Logits {@code [B*S, labels]} from the last hidden states {@code [B*S, H]}. */
    public Variable logits(Tape tape, Variable hidden, boolean training) {
        return classifier.apply(tape, tape.dropout(hidden, tape.newDropout(training ? dropout : 0)));
    }
}
