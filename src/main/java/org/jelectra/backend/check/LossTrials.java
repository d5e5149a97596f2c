package org.jelectra.backend.check;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.CopyCrossEntropyOperands;
import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.Operation;
import org.jelectra.backend.PolicyGradientOperands;
import org.jelectra.backend.PositionPoolingOperands;
import org.jelectra.backend.SigmoidCrossEntropyOperands;
import org.jelectra.backend.SpanCrossEntropyOperands;
import org.jelectra.tensor.Tensor;

/** The part of the {@link Catalog} that follows an encoder: losses, what is drawn from logits, and heads, at given sizes. */
final class LossTrials {

    private static final float TEMPERATURE = 0.8f;
    /** Columns of the logits of an answer: those of its first token and of its last one. */
    private static final int SPAN_ENDS = 2;

    private final Sizes sizes;

    LossTrials(Sizes sizes) {
        this.sizes = sizes;
    }

    List<Trial> all() {
        return Stream.of(losses(), sampling(), objectives(), fineTuning())
                .flatMap(List::stream)
                .toList();
    }

    /** Those at another temperature than that of the loss, without a gradient, and that overwrite what they else add to. */
    List<Trial> variants() {
        return List.of(
                lossAndDraw("crossEntropy with a draw at another temperature", TEMPERATURE),
                lossGradientAndDraw("crossEntropyWithGradient with a draw at another temperature", TEMPERATURE),
                rewards(logits("policyGradient without gradients"))
                        .prepares(
                                (b, t) -> b.policyGradient(NamedOperands.of(PolicyGradientOperands.class, t), 1, null)),
                regression("squaredError without gradient").prepares((b, t) -> squaredError(b, t, null)),
                spans("spanCrossEntropy without gradient")
                        .prepares((b, t) ->
                                b.spanCrossEntropy(NamedOperands.of(SpanCrossEntropyOperands.class, t), 1, null)),
                poolPositionsBackward("poolPositionsBackward without adding", false));
    }

    private Trial logits(String name) {
        return Trial.of(name).values("logits", sizes.slots(), sizes.logits());
    }

    /** Those that the Gumbel maximum is drawn from, which takes a random number for each. */
    private Trial logitsOfWords(String name) {
        return Trial.of(name).values("logits", sizes.slots(), sizes.vocabulary());
    }

    private Trial labelled(Trial logits) {
        return logits.free(1)
                .integers("labels", sizes.vocabulary(), sizes.slots())
                .numbers("weights", sizes.slots())
                // with a small one the gradient, which takes the logits' place, would grow from run to run
                .number("normalizer", sizes.slots());
    }

    private Trial crossEntropy(Trial logits) {
        return results(labelled(logits));
    }

    /** Adds those of a loss of rows of logits. */
    private Trial results(Trial loss) {
        return loss.numbers("logSumExp", sizes.slots())
                .written()
                .numbers("correct", sizes.slots())
                .written()
                .numbers("loss", 1)
                .written();
    }

    private Trial detection(String name) {
        return Trial.of(name)
                .values("logits", sizes.tokens())
                .integers("labels", 2, sizes.tokens())
                .mask("mask", sizes.attention().batch(), sizes.attention().length())
                .numbers("normalizer", 1)
                .numbers("loss", 1)
                .written()
                .numbers("counts", 4)
                .written();
    }

    private List<Trial> losses() {
        return List.of(
                crossEntropy(logits("crossEntropy"))
                        .prepares((b, t) -> b.crossEntropy(NamedOperands.of(CrossEntropyOperands.class, t), null)),
                labelled(logits("crossEntropyBackward").updated())
                        .after("crossEntropy")
                        .numbers("logSumExp", sizes.slots())
                        .prepares((b, t) -> b.crossEntropyBackward(NamedOperands.of(CrossEntropyOperands.class, t), 1)),
                crossEntropy(logits("crossEntropyWithGradient").updated())
                        .prepares((b, t) ->
                                b.crossEntropyWithGradient(NamedOperands.of(CrossEntropyOperands.class, t), null, 1)),
                detection("sigmoidCrossEntropy")
                        .values("dLogits", sizes.tokens())
                        .written()
                        .prepares((b, t) -> b.sigmoidCrossEntropy(
                                NamedOperands.of(SigmoidCrossEntropyOperands.class, t), 50, t.get("dLogits"))),
                detection("sigmoidCrossEntropy without gradient")
                        .prepares((b, t) -> b.sigmoidCrossEntropy(
                                NamedOperands.of(SigmoidCrossEntropyOperands.class, t), 50, null)));
    }

    private List<Trial> sampling() {
        int slots = sizes.slots();
        return List.of(
                logits("sampleMultinomial")
                        .free(1)
                        .clock()
                        .integers("sampled", 1, slots)
                        .written()
                        .prepares((b, t) -> b.sampleMultinomial(t.get("logits"), draw(t, TEMPERATURE))),
                lossAndDraw("crossEntropy with a draw", 1),
                lossGradientAndDraw("crossEntropyWithGradient with a draw", 1),
                logitsOfWords("sampleGumbel")
                        .free(1)
                        .clock()
                        .integers("sampled", 1, slots)
                        .written()
                        .prepares((b, t) -> b.sampleGumbel(
                                t.get("logits"), TEMPERATURE, null, Trial.randomness(t), t.get("sampled"))),
                logitsOfWords("sampleGumbel with given numbers")
                        .uniforms("uniforms", slots, sizes.vocabulary())
                        .integers("sampled", 1, slots)
                        .written()
                        .prepares((b, t) -> b.sampleGumbel(
                                t.get("logits"), TEMPERATURE, t.get("uniforms"), null, t.get("sampled"))),
                Trial.of("replaceTokens")
                        .integers("ids", sizes.vocabulary(), sizes.tokens())
                        .ascending("rows", 2, slots)
                        .numbers("weights", slots)
                        .integers("sampled", sizes.vocabulary(), slots)
                        .integers("corrupted", 1, sizes.tokens())
                        .written()
                        .integers("labels", 1, sizes.tokens())
                        .written()
                        .prepares((b, t) -> b.replaceTokens(
                                t.get("ids"),
                                t.get("rows"),
                                t.get("weights"),
                                t.get("sampled"),
                                t.get("corrupted"),
                                t.get("labels"))));
    }

    private Trial lossAndDraw(String name, float temperature) {
        return crossEntropy(logits(name))
                .clock()
                .integers("sampled", 1, sizes.slots())
                .written()
                .prepares((b, t) ->
                        b.crossEntropy(NamedOperands.of(CrossEntropyOperands.class, t), draw(t, temperature)));
    }

    private Trial lossGradientAndDraw(String name, float temperature) {
        return crossEntropy(logits(name).updated())
                .clock()
                .integers("sampled", 1, sizes.slots())
                .written()
                .prepares((b, t) -> b.crossEntropyWithGradient(
                        NamedOperands.of(CrossEntropyOperands.class, t), draw(t, temperature), 1));
    }

    private static MultinomialDraw draw(Map<String, Tensor> t, float temperature) {
        return new MultinomialDraw(temperature, Trial.randomness(t), t.get("sampled"));
    }

    private Trial copying(Trial logits) {
        int slots = sizes.slots();
        return logits.free(1)
                .values("gate", slots, 1)
                // of two tokens, so that half of the rows copy what they should predict
                .integers("copied", 2, slots)
                .integers("labels", 2, slots)
                .mask("mask", 1, slots)
                .number("normalizer", slots);
    }

    private Trial copyCrossEntropy(Trial logits) {
        return results(copying(logits));
    }

    private Trial rewards(Trial logits) {
        int slots = sizes.slots();
        return logits.free(1)
                .after("crossEntropy")
                .numbers("logSumExp", slots)
                // of two tokens, so that half of the rows have the original
                .integers("sampled", 2, slots)
                .integers("labels", 2, slots)
                .numbers("weights", slots)
                .number("normalizer", slots)
                .ascending("rows", 2, slots)
                .values("discriminatorLogits", sizes.tokens())
                .touched(slots)
                .free(0)
                .values("baseline", slots, 1)
                .numbers("reward", 1)
                .written()
                .numbers("baselineLoss", 1)
                .written();
    }

    private List<Trial> objectives() {
        int slots = sizes.slots();
        return List.of(
                copyCrossEntropy(logits("copyCrossEntropy"))
                        .prepares((b, t) -> b.copyCrossEntropy(NamedOperands.of(CopyCrossEntropyOperands.class, t))),
                copying(logits("copyCrossEntropyBackward").updated())
                        .after("copyCrossEntropy")
                        .numbers("logSumExp", slots)
                        .values("dGate", slots, 1)
                        .written()
                        .prepares((b, t) -> b.copyCrossEntropyBackward(
                                NamedOperands.of(CopyCrossEntropyOperands.class, t), 1, t.get("dGate"))),
                copyCrossEntropy(logits("copyCrossEntropyWithGradient").updated())
                        .values("dGate", slots, 1)
                        .written()
                        .prepares((b, t) -> b.copyCrossEntropyWithGradient(
                                NamedOperands.of(CopyCrossEntropyOperands.class, t), 1, t.get("dGate"))),
                rewards(logits("policyGradient").updated())
                        .values("dBaseline", slots, 1)
                        .written()
                        .prepares((b, t) -> b.policyGradient(
                                NamedOperands.of(PolicyGradientOperands.class, t), 1, t.get("dBaseline"))));
    }

    private Trial pooling(String name) {
        return Trial.of(name)
                .values("logits", sizes.tokens(), 1)
                .values("values", sizes.tokens(), sizes.hidden())
                .mask("allowed", sizes.attention().batch(), sizes.attention().length());
    }

    private Trial poolPositionsBackward(String name, boolean accumulate) {
        return pooling(name)
                .after("poolPositions")
                .numbers("logSumExp", sizes.attention().batch())
                .values("dy", sizes.attention().batch(), sizes.hidden())
                .values("dLogits", sizes.tokens(), 1)
                .written()
                .values("dValues", sizes.tokens(), sizes.hidden())
                .accumulated(accumulate)
                .flops(4.0 * sizes.tokens() * sizes.hidden())
                .prepares((b, t) -> b.poolPositionsBackward(
                        NamedOperands.of(PositionPoolingOperands.class, t),
                        t.get("dy"),
                        t.get("dLogits"),
                        t.get("dValues"),
                        accumulate));
    }

    private Trial regression(String name) {
        int batch = sizes.attention().batch();
        return Trial.of(name)
                .values("x", batch)
                .numbers("targets", batch)
                .numbers("weights", batch)
                .numbers("normalizer", 1)
                .numbers("loss", 1)
                .written();
    }

    private static Operation squaredError(Backend backend, Map<String, Tensor> t, Tensor dx) {
        return backend.squaredError(
                t.get("x"), t.get("targets"), t.get("weights"), t.get("normalizer"), t.get("loss"), 1, dx);
    }

    private Trial spans(String name) {
        int batch = sizes.attention().batch();
        int length = sizes.attention().length();
        return Trial.of(name)
                .values("logits", sizes.tokens(), SPAN_ENDS)
                .mask("allowed", batch, length)
                // those in the first half are allowed in all sequences
                .integers("targets", length / 2, batch, SPAN_ENDS)
                .numbers("weights", batch)
                .numbers("normalizer", 1)
                .numbers("loss", 1)
                .written();
    }

    private List<Trial> fineTuning() {
        int batch = sizes.attention().batch();
        return List.of(
                regression("squaredError")
                        .values("dx", batch)
                        .written()
                        .prepares((b, t) -> squaredError(b, t, t.get("dx"))),
                spans("spanCrossEntropy")
                        .values("dLogits", sizes.tokens(), SPAN_ENDS)
                        .written()
                        .prepares((b, t) -> b.spanCrossEntropy(
                                NamedOperands.of(SpanCrossEntropyOperands.class, t), 1, t.get("dLogits"))),
                pooling("poolPositions")
                        .numbers("logSumExp", batch)
                        .written()
                        .values("y", batch, sizes.hidden())
                        .written()
                        .flops(2.0 * sizes.tokens() * sizes.hidden())
                        .prepares((b, t) -> b.poolPositions(NamedOperands.of(PositionPoolingOperands.class, t))),
                poolPositionsBackward("poolPositionsBackward", true));
    }
}
