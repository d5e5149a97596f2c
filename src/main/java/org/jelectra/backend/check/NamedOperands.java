package org.jelectra.backend.check;

import java.util.Map;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.CopyCrossEntropyOperands;
import org.jelectra.backend.CrossEntropyOperands;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.EmbeddingOperands;
import org.jelectra.backend.FeedForwardBackward;
import org.jelectra.backend.FeedForwardOperands;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.LinearGeluOperands;
import org.jelectra.backend.PolicyGradientOperands;
import org.jelectra.backend.PositionPoolingOperands;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.backend.SelfAttentionParameters;
import org.jelectra.backend.SelfAttentionResults;
import org.jelectra.backend.SigmoidCrossEntropyOperands;
import org.jelectra.backend.SpanCrossEntropyOperands;
import org.jelectra.tensor.Tensor;

/** Records of operands out of tensors that have the names of their components. */
public final class NamedOperands {

    /** Of all normalisations. */
    public static final float EPSILON = 1e-12f;

    private NamedOperands() {}

    /** Of a normalisation. */
    public static AddLayerNormOperands norm(Map<String, Tensor> t, Dropout dropout) {
        return new AddLayerNormOperands(
                dropout,
                t.get("residual"),
                t.get("gamma"),
                t.get("beta"),
                EPSILON,
                t.get("sum"),
                t.get("y"),
                t.get("stats"));
    }

    /** Of the way back through a normalisation whose result has that gradient, or contribution to it. */
    public static AddLayerNormBackward normBackward(Map<String, Tensor> t, Tensor dy, Dropout dropout) {
        return new AddLayerNormBackward(
                dy,
                t.get("sum"),
                t.get("stats"),
                t.get("gamma"),
                dropout,
                t.get("dx"),
                t.get("dResidual"),
                t.get("dGamma"),
                t.get("dBeta"));
    }

    /** Of the normalisation of that value, and dropout of its result. */
    public static LayerNormOperands layerNorm(Map<String, Tensor> t, Tensor x, Dropout dropout) {
        return new LayerNormOperands(x, t.get("gamma"), t.get("beta"), EPSILON, dropout, t.get("y"), t.get("stats"));
    }

    /** Of a linear layer with GELU of some rows of x. */
    public static LinearGeluOperands linearGelu(Map<String, Tensor> t) {
        return new LinearGeluOperands(
                t.get("x"), t.get("rows"), t.get("gathered"), t.get("weight"), t.get("bias"), t.get("preActivation"));
    }

    /** Of the way back through dropout and a normalisation, whose result has that gradient, or contribution to it. */
    public static LayerNormBackward layerNormBackward(Map<String, Tensor> t, Tensor dy, Dropout dropout) {
        return new LayerNormBackward(
                dy, t.get("x"), t.get("stats"), t.get("gamma"), dropout, t.get("dx"), t.get("dGamma"), t.get("dBeta"));
    }

    /** Of the masked-LM loss; those of its backward pass alone are fewer. */
    public static CrossEntropyOperands crossEntropy(Map<String, Tensor> t) {
        return new CrossEntropyOperands(
                t.get("logits"),
                t.get("labels"),
                t.get("weights"),
                t.get("normalizer"),
                t.get("logSumExp"),
                t.get("correct"),
                t.get("loss"));
    }

    /** Of the replaced-token-detection loss. */
    public static SigmoidCrossEntropyOperands sigmoidCrossEntropy(Map<String, Tensor> t) {
        return new SigmoidCrossEntropyOperands(
                t.get("logits"), t.get("labels"), t.get("mask"), t.get("normalizer"), t.get("loss"), t.get("counts"));
    }

    /** Of the masked-LM loss with a copy; those of its backward pass alone are fewer. */
    public static CopyCrossEntropyOperands copyCrossEntropy(Map<String, Tensor> t) {
        return new CopyCrossEntropyOperands(
                t.get("logits"),
                t.get("gate"),
                t.get("copied"),
                t.get("labels"),
                t.get("mask"),
                t.get("normalizer"),
                t.get("logSumExp"),
                t.get("correct"),
                t.get("loss"));
    }

    /** Of the generator's adversarial gradient. */
    public static PolicyGradientOperands policyGradient(Map<String, Tensor> t) {
        return new PolicyGradientOperands(
                t.get("logits"),
                t.get("logSumExp"),
                t.get("sampled"),
                t.get("labels"),
                t.get("weights"),
                t.get("normalizer"),
                t.get("rows"),
                t.get("discriminatorLogits"),
                t.get("baseline"),
                t.get("reward"),
                t.get("baselineLoss"));
    }

    /** Of the cross-entropy over positions. */
    public static SpanCrossEntropyOperands spanCrossEntropy(Map<String, Tensor> t) {
        return new SpanCrossEntropyOperands(
                t.get("logits"),
                t.get("allowed"),
                t.get("targets"),
                t.get("weights"),
                t.get("normalizer"),
                t.get("loss"));
    }

    /** Of the mean over positions; those of its backward pass alone have no y. */
    public static PositionPoolingOperands positionPooling(Map<String, Tensor> t) {
        return new PositionPoolingOperands(
                t.get("logits"), t.get("values"), t.get("allowed"), t.get("logSumExp"), t.get("y"));
    }

    /** Of a sum of embeddings of sequences of that many tokens. */
    public static EmbeddingOperands embedding(Map<String, Tensor> t, int length) {
        return new EmbeddingOperands(
                t.get("ids"), t.get("tokenTypes"), length, t.get("words"), t.get("positions"), t.get("types"));
    }

    /** Of a feed-forward part of x. */
    public static FeedForwardOperands feedForward(Map<String, Tensor> t) {
        return feedForward(t, t.get("x"));
    }

    /** Of a feed-forward part of that input. */
    public static FeedForwardOperands feedForward(Map<String, Tensor> t, Tensor x) {
        return new FeedForwardOperands(
                x,
                t.get("inner"),
                t.get("innerBias"),
                t.get("preActivation"),
                t.get("activation"),
                t.get("outer"),
                t.get("outerBias"));
    }

    /** Of the way back through a feed-forward part. */
    public static FeedForwardBackward feedForwardBackward(Map<String, Tensor> t) {
        return new FeedForwardBackward(
                t.get("dy"), t.get("outer"), t.get("preActivation"), t.get("dPreActivation"), t.get("inner"));
    }

    /** Of attention. */
    public static AttentionOperands attention(Map<String, Tensor> t, AttentionShape shape, Dropout dropout) {
        return new AttentionOperands(t.get("qkv"), t.get("keyMask"), shape, dropout, t.get("out"), t.get("logSumExp"));
    }

    /** Parameters of a self-attention part. */
    public static SelfAttentionParameters selfAttentionParameters(Map<String, Tensor> t) {
        return new SelfAttentionParameters(
                t.get("weight"),
                t.get("bias"),
                t.get("outputWeight"),
                t.get("outputBias"),
                t.get("gamma"),
                t.get("beta"),
                EPSILON);
    }

    /** Results of a self-attention part. */
    public static SelfAttentionResults selfAttentionResults(Map<String, Tensor> t) {
        return new SelfAttentionResults(
                t.get("qkv"), t.get("logSumExp"), t.get("context"), t.get("sum"), t.get("stats"), t.get("y"));
    }

    /** Of the way back through a self-attention part. */
    public static SelfAttentionBackward selfAttentionBackward(
            Map<String, Tensor> t, AttentionShape shape, Dropout dropout) {
        return new SelfAttentionBackward(
                t.get("dProduct"),
                t.get("outputWeight"),
                selfAttentionResults(t).attention(t.get("keyMask"), shape, dropout),
                t.get("dContext"),
                t.get("dQkv"),
                t.get("weight"));
    }
}
