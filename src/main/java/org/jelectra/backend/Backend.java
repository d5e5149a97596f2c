package org.jelectra.backend;

import java.util.List;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * The operations of an encoder and its training, forward and backward. Every method that takes tensors and returns a
 * prepared {@link Operation} checks them first; a wrong shape is an IllegalArgumentException that names both shapes, and so is a tensor in
 * memory that the backend cannot use: of another kind, or of another device where it has one.
 *
 * <p>Matrices are row-major; M is the number of tokens (batch times length), H a width. Gradients of <em>parameters</em> are
 * added to what the gradient tensor holds, because parameters are shared and gradients accumulate over micro-batches; gradients
 * of <em>activations</em> overwrite, unless an {@code accumulate} argument says otherwise. All sums have a fixed order: the same
 * inputs give the same bits for any number of threads. Where a joined operation promises the bits of its parts, tensor cores may differ
 * by a rounding, because no document fixes the order in which they add.
 *
 * <p>A backend may have copies of what products have read as weights. Uploads, {@link #adamW}, {@link #fill}, {@link #add},
 * {@link #dropout} and GELU change the copies too; other operations must not write weights.
 *
 * <p>A backend belongs to one thread at a time. The contract test suite runs against every implementation.
 */
public interface Backend extends LayerNormGradients, AutoCloseable {

    /** Name as in {@code --backend}: {@code cpu}, {@code cuda}. */
    String name();

    /** One line for people: processor or device, threads, libraries. */
    String description();

    /**
     * Element type of the values that flow through a model: activations, logits and their gradients. Parameters, their
     * gradients, statistics and losses are FLOAT32 always.
     */
    default DType valueType() {
        return DType.FLOAT32;
    }

    /**
     * Kind of the kernels, where a backend has several that round in other ways, whatever their speed: {@code vector} or {@code
     * scalar}, or of a GPU such as {@code sm_90a, 132 multiprocessors}; null where it has one.
     */
    default String kernels() {
        return null;
    }

    /** New memory, filled with zeros. It lives as long as the backend. */
    Storage allocate(DType dtype, long size);

    /**
     * Promises that what lies in this memory, trained weights, changes no more. Operations prepared from then on may read copies
     * of it, laid out as they need them; their results are the same. An upload into it is an IllegalStateException where copies
     * are made.
     */
    default void freeze(Storage storage) {}

    /**
     * Copies {@code tensor.size()} floats from {@code source[from...]} into the tensor, rounded where it is BFLOAT16. This and the other
     * copies refuse tensors of another type or not in memory of this backend's kind (of the very device, where it has one), and arrays
     * that are too short, by an IllegalArgumentException.
     */
    void upload(float[] source, int from, Tensor tensor);

    /** Copies {@code tensor.size()} ints from {@code source[from...]} into the tensor. */
    void upload(int[] source, int from, Tensor tensor);

    /** Copies the tensor into {@code target[to...]}, after all operations run so far. */
    void download(Tensor tensor, float[] target, int to);

    /** Copies the tensor into {@code target[to...]}, after all operations run so far. */
    void download(Tensor tensor, int[] target, int to);

    /** What takes copies of these tensors for the host without making the backend wait. */
    default Readback readback(List<Tensor> tensors) {
        return new HostReadback(this, tensors);
    }

    /** {@code x = value} for every element of a floating-point tensor. */
    Operation fill(Tensor x, float value);

    /** {@code y += x}, equal sizes. */
    Operation add(Tensor x, Tensor y);

    /** {@code y = dropout(x)}; with the same {@code dropout} this is also its backward pass. In place where y is x. */
    Operation dropout(Tensor x, Dropout dropout, Tensor y);

    /**
     * {@code y[M,N] = x[M,K] weight[N,K]^T + bias[N]}; bias may be null.
     *
     * @param y [M,P] with P at least N: logits may have columns behind those of the words, see {@link #logitsWidth}; these become minus
     *     infinity
     */
    Operation linear(Tensor x, Tensor weight, Tensor bias, Tensor y);

    /**
     * Columns that logits of so many words should have, this many or more. A column of no word is minus infinity, that of a word which
     * does not exist: it changes no sum of a softmax, is never drawn nor the best, and its gradient is 0.
     */
    default int logitsWidth(int words) {
        return words;
    }

    /** {@code preActivation[M,N] = x[M,K] weight[N,K]^T + bias[N]}, {@code y = gelu(preActivation)}; bias may be null. */
    default Operation linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        OperandChecks.linearGelu(x, weight, bias, preActivation, y);
        Operation linear = linear(x, weight, bias, preActivation);
        Operation gelu = gelu(preActivation, y);
        return linear.then(gelu);
    }

    /**
     * {@code dx[M,K] = dy[M,N] weight[N,K]}, added to dx where {@code accumulate}. A backend may cut long sums into parts, which it adds
     * in their order.
     *
     * @param dy [M,P] with P at least N, of which the first N columns count
     */
    Operation linearBackwardInput(Tensor dy, Tensor weight, Tensor dx, boolean accumulate);

    /**
     * Back through a product and the GELU before it: {@code dPreActivation[M,K] = (dy[M,N] weight[N,K]) gelu'(preActivation[M,K])}.
     */
    default Operation linearBackwardInputGelu(Tensor dy, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        OperandChecks.linearBackwardInputGelu(dy, weight, preActivation, dPreActivation);
        Operation linear = linearBackwardInput(dy, weight, dPreActivation, false);
        Operation gelu = geluBackward(preActivation, dPreActivation, dPreActivation);
        return linear.then(gelu);
    }

    /**
     * {@code dWeight[N,K] += dy[M,N]^T x[M,K]}, {@code dBias[N] += column sums of dy}. Either of the two may be null: of a weight that is
     * not trained, or a layer that has no bias. A backend may cut long sums into parts, which it adds in their order.
     *
     * @param x not read, and may be null, where dWeight is null
     * @param dy [M,P] with P at least N, of which the first N columns count
     */
    Operation linearBackwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias);

    /** Whether this backend joins operations on sequences of this shape by {@link #chain}. */
    default boolean chains(AttentionShape sequences) {
        return false;
    }

    /**
     * Operations one after the other in each of which a row depends on rows of its own sequence only, besides parameters. One sequence may
     * be at the last of them before another is at the first: what one operation writes must not lie in the memory of another tensor that a
     * different one reads or writes. The values are those of the operations, bit for bit; what they leave for the end of a group of
     * gradients may be added up in another order.
     *
     * @param operations prepared by this backend; each may also run by itself
     */
    default Operation chain(AttentionShape sequences, List<Operation> operations) {
        return Operation.sequence(operations);
    }

    /** A new group of gradients to be computed together, or null where this backend computes each alone. */
    default GradientGroup gradientGroup() {
        return null;
    }

    /** {@code y = gelu(x) = x/2 (1 + erf(x/sqrt 2))}: the exact form, as ELECTRA uses (Hendrycks and Gimpel 2016). */
    Operation gelu(Tensor x, Tensor y);

    /** {@code dx = dy gelu'(x)}; dx may be dy. */
    Operation geluBackward(Tensor x, Tensor dy, Tensor dx);

    /**
     * Layer normalisation of a sum: {@code sum = dropout(x) + residual},
     * {@code y = gamma (sum - mean) rstd + beta} over the last dimension, biased variance, {@code rstd = 1/sqrt(var + epsilon)}.
     *
     * @param x [M,H]; may be the sum
     */
    Operation addLayerNorm(Tensor x, AddLayerNormOperands norm);

    /**
     * {@link #linear} and {@link #addLayerNorm} of what it computes, which a backend need not write. The results are those of the two
     * operations, bit for bit.
     *
     * @param x [M,K]
     * @param weight [H,K]
     * @param bias [H], or null
     */
    default Operation linearAddLayerNorm(Tensor x, Tensor weight, Tensor bias, AddLayerNormOperands norm) {
        OperandChecks.linearAddLayerNorm(x, weight, bias, norm);
        Operation linear = linear(x, weight, bias, norm.sum());
        return linear.then(addLayerNorm(norm.sum(), norm));
    }

    @Override
    default Operation linearBackwardInputLayerNorm(Tensor dy, Tensor weight, AddLayerNormBackward norm) {
        AddLayerNormBackward whole = norm.withDy();
        Operation linear = linearBackwardInput(dy, weight, whole.dy(), norm.dy() != null);
        return linear.then(addLayerNormBackward(whole));
    }

    /**
     * The feed-forward part of a Transformer layer (Vaswani et al. 2017): {@link #linearGelu} and {@link #linearAddLayerNorm} of what it
     * computes, which a backend need not read again. The results are those of the two operations, bit for bit.
     */
    default Operation feedForwardAddLayerNorm(FeedForwardOperands layers, AddLayerNormOperands norm) {
        Operation hidden =
                linearGelu(layers.x(), layers.inner(), layers.innerBias(), layers.preActivation(), layers.activation());
        Operation output = linearAddLayerNorm(layers.activation(), layers.outer(), layers.outerBias(), norm);
        return hidden.then(output);
    }

    @Override
    default Operation feedForwardBackwardInputLayerNorm(FeedForwardBackward back, AddLayerNormBackward norm) {
        Operation hidden =
                linearBackwardInputGelu(back.dy(), back.outer(), back.preActivation(), back.dPreActivation());
        Operation input = linearBackwardInputLayerNorm(back.dPreActivation(), back.inner(), norm);
        return hidden.then(input);
    }

    /**
     * Dropout of the layer normalisation of a value: {@code y = dropout(gamma (x - mean) rstd + beta)}, else as
     * {@link #addLayerNorm}. The results are those of that and of {@link #dropout}, bit for bit.
     */
    default Operation layerNorm(LayerNormOperands norm) {
        OperandChecks.layerNorm(norm);
        Operation normalize = addLayerNorm(norm.x(), norm.addLayerNorm());
        if (!norm.dropout().isActive()) {
            return normalize;
        }
        Operation drop = dropout(norm.y(), norm.dropout(), norm.y());
        return normalize.then(drop);
    }

    @Override
    default Operation layerNormBackward(LayerNormBackward norm) {
        OperandChecks.layerNormBackward(norm);
        Operation rest = addLayerNormBackward(norm.addLayerNorm());
        if (!norm.dropout().isActive()) {
            return rest;
        }
        Operation drop = dropout(norm.dy(), norm.dropout(), norm.dx());
        return drop.then(rest);
    }

    /**
     * {@link #gatherRows} where only some rows count, {@link #linearGelu} of them and {@link #layerNorm} of its result: the head of a
     * masked-language model up to its output matrix. The results are those of the three operations, bit for bit.
     *
     * @param norm its x [R,N] takes the result of GELU
     */
    default Operation linearGeluLayerNorm(LinearGeluOperands layer, LayerNormOperands norm) {
        Operation linear = linearGelu(layer.input(), layer.weight(), layer.bias(), layer.preActivation(), norm.x());
        Operation normalized = linear.then(layerNorm(norm));
        if (layer.rows() == null) {
            return normalized;
        }
        Operation gather = gatherRows(layer.x(), layer.rows(), layer.gathered());
        return gather.then(normalized);
    }

    @Override
    default Operation layerNormGeluBackward(LayerNormBackward norm, Tensor preActivation) {
        Operation rest = layerNormBackward(norm);
        Operation gelu = geluBackward(preActivation, norm.dx(), norm.dx());
        return rest.then(gelu);
    }

    @Override
    default Operation linearBackwardInputLayerNormDropout(Tensor dy, Tensor weight, LayerNormBackward norm) {
        LayerNormBackward whole = norm.withDy();
        Operation linear = linearBackwardInput(dy, weight, whole.dy(), norm.dy() != null);
        return linear.then(layerNormBackward(whole));
    }

    /**
     * Scaled dot-product self-attention (Vaswani et al. 2017), padding <em>keys</em> excluded, dropout on the probabilities.
     * Padding queries are computed like any other.
     *
     * @throws IllegalArgumentException on CUDA for heads that are wider than 128
     */
    Operation attention(AttentionOperands operands);

    /** Backward pass of {@link #attention}: {@code dQkv [B*S, 3*A*D]} from {@code dOut [B*S, A*D]}. */
    Operation attentionBackward(AttentionOperands operands, Tensor dOut, Tensor dQkv);

    /**
     * The self-attention part of a Transformer layer (Vaswani et al. 2017): {@link #linear} of x to query, key and value,
     * {@link #attention}, and {@link #linearAddLayerNorm} of its context with x as the residual. The results are those of the three
     * operations, bit for bit.
     *
     * @param x [B*S,H], H heads times head size
     * @param keyMask INT32 [B,S], 1 for a key that counts
     * @param probabilityDropout of the probabilities
     * @param dropout of what is added to x
     */
    default Operation selfAttention(
            Tensor x,
            Tensor keyMask,
            AttentionShape shape,
            Dropout probabilityDropout,
            Dropout dropout,
            SelfAttentionParameters parameters,
            SelfAttentionResults results) {
        OperandChecks.selfAttention(x, keyMask, shape, probabilityDropout, dropout, parameters, results);
        Operation queryKeyValue = linear(x, parameters.weight(), parameters.bias(), results.qkv());
        Operation attention = attention(results.attention(keyMask, shape, probabilityDropout));
        Operation output = linearAddLayerNorm(
                results.context(),
                parameters.outputWeight(),
                parameters.outputBias(),
                parameters.addLayerNorm(dropout, x, results));
        return queryKeyValue.then(attention).then(output);
    }

    /**
     * Backward pass of {@link #selfAttention} up to its normalisation, without the gradients of parameters:
     * {@code dContext = dProduct outputWeight}, {@code dQkv} as {@link #attentionBackward}, {@code dx = dQkv weight}, added to dx where
     * {@code accumulate}. The results are those of the three operations, bit for bit.
     *
     * @param dx [B*S,H], or null where x needs no gradient
     */
    default Operation selfAttentionBackward(SelfAttentionBackward back, Tensor dx, boolean accumulate) {
        OperandChecks.selfAttentionBackward(back, dx);
        Operation toQkv = toQueryKeyValue(back);
        if (dx == null) {
            return toQkv;
        }
        Operation toInput = linearBackwardInput(back.dQkv(), back.weight(), dx, accumulate);
        return toQkv.then(toInput);
    }

    @Override
    default Operation selfAttentionBackwardLayerNorm(SelfAttentionBackward back, AddLayerNormBackward norm) {
        OperandChecks.selfAttentionBackwardLayerNorm(back, norm);
        Operation toQkv = toQueryKeyValue(back);
        Operation toInput = linearBackwardInputLayerNorm(back.dQkv(), back.weight(), norm);
        return toQkv.then(toInput);
    }

    private Operation toQueryKeyValue(SelfAttentionBackward back) {
        Operation toContext = linearBackwardInput(back.dProduct(), back.outputWeight(), back.dContext(), false);
        Operation toQkv = attentionBackward(back.attention(), back.dContext(), back.dQkv());
        return toContext.then(toQkv);
    }

    /**
     * {@code y[i] = words[ids[i]] + types[tokenTypes[i]] + positions[i % length]}.
     *
     * @param y [M,E]
     */
    Operation embedding(EmbeddingOperands lookup, Tensor y);

    /**
     * {@link #embedding} and {@link #layerNorm} of it, with dropout of the result. The results are those of the two operations, bit for
     * bit.
     *
     * @param norm its x [M,E] takes the embeddings
     */
    default Operation embeddingLayerNorm(EmbeddingOperands lookup, LayerNormOperands norm) {
        Operation embedding = embedding(lookup, norm.x());
        return embedding.then(layerNorm(norm));
    }

    /**
     * {@link #embeddingLayerNorm} and the {@link #linear} layer that projects its result to another width. The results are those of the
     * two operations, bit for bit.
     *
     * @param weight [N,E]
     * @param bias [N], or null for none
     * @param projected [M,N]: {@code y weight^T + bias}
     */
    default Operation embeddingLayerNormLinear(
            EmbeddingOperands lookup, LayerNormOperands norm, Tensor weight, Tensor bias, Tensor projected) {
        OperandChecks.embeddingLayerNormLinear(lookup, norm, weight, bias, projected);
        Operation normalized = embeddingLayerNorm(lookup, norm);
        Operation projection = linear(norm.y(), weight, bias, projected);
        return normalized.then(projection);
    }

    /**
     * Backward pass of {@link #embedding}: adds dy's rows to the three tables' gradients, in the order of the tokens. A token or type that
     * is no row of its table is an error on the CPU.
     */
    Operation embeddingBackward(
            Tensor dy, Tensor ids, Tensor tokenTypes, int length, Tensor dWords, Tensor dPositions, Tensor dTypes);

    /**
     * {@code y[r] = x[rows[r]]}: x [M,H], rows INT32 [R], y [R,H]. A row that x has not is an error on the CPU, and makes y[r] NaN on
     * CUDA.
     */
    Operation gatherRows(Tensor x, Tensor rows, Tensor y);

    /**
     * {@code dx = 0; dx[rows[r]] += dy[r]} in ascending r: dy [R,H], dx [M,H]. Rows may repeat; one that dx has not is an error on the
     * CPU.
     */
    Operation gatherRowsBackward(Tensor dy, Tensor rows, Tensor dx);

    /**
     * Masked-LM loss: {@code loss[0] = sum(weights nll) / normalizer}, {@code nll[r] = logSumExp(logits[r]) - logits[r, labels[r]]};
     * and {@link #sampleMultinomial} from the same logits, which a backend may read once for both, with the same bits.
     *
     * @param draw null for the loss alone
     */
    Operation crossEntropy(CrossEntropyOperands operands, MultinomialDraw draw);

    /**
     * Gradient in place: {@code logits[r] = scale weights[r] / normalizer (softmax(logits[r]) - onehot(labels[r]))}.
     * Nothing may read the logits afterwards. Neither correct nor loss is touched; both may be null.
     */
    Operation crossEntropyBackward(CrossEntropyOperands operands, float scale);

    /**
     * {@link #crossEntropy} and then {@link #crossEntropyBackward}, for which a backend may read the logits once. The results are
     * those of the two operations, bit for bit.
     *
     * @param draw null for none
     */
    default Operation crossEntropyWithGradient(CrossEntropyOperands operands, MultinomialDraw draw, float scale) {
        Operation crossEntropy = crossEntropy(operands, draw);
        return crossEntropy.then(crossEntropyBackward(operands, scale));
    }

    /**
     * Draws one token per row from {@code softmax(logits / temperature)} by the inverse of the cumulative distribution, with
     * one uniform number per row (element r of the stream, one block each, word 0). It is 0 where a row has no softmax: NaN or plus
     * infinity among its logits, or minus infinity alone.
     *
     * @param logits [R,V]
     */
    Operation sampleMultinomial(Tensor logits, MultinomialDraw draw);

    /**
     * Draws one token per row by the Gumbel-max trick: {@code argmax(logits / temperature - log(-log(u + 1e-9) + 1e-9))}.
     *
     * @param uniforms [R,V] in (0, 1), or null to draw them from {@code randomness} (element r*V + v, four to a block)
     * @param randomness may be null where uniforms are given
     */
    Operation sampleGumbel(Tensor logits, float temperature, Tensor uniforms, Randomness randomness, Tensor sampled);

    /**
     * The discriminator's input and labels: {@code corrupted = ids} with {@code corrupted[rows[r]] = sampled[r]} where
     * {@code weights[r] > 0}; {@code labels[i] = 1} where corrupted differs from ids, else 0. A row of such a weight that ids has not is
     * an error on the CPU.
     *
     * @param ids INT32 [M], the original tokens
     * @param rows INT32 [R]
     * @param weights FLOAT32 [R]
     * @param sampled INT32 [R]
     * @param corrupted INT32 [M]
     * @param labels INT32 [M]
     */
    Operation replaceTokens(Tensor ids, Tensor rows, Tensor weights, Tensor sampled, Tensor corrupted, Tensor labels);

    /**
     * Replaced-token-detection loss: {@code loss[0] = sum(mask bce) / normalizer} with
     * {@code bce = max(x,0) - x label + log(1 + exp(-|x|))}, and its gradient
     * {@code dLogits = scale mask (sigmoid(logits) - labels) / normalizer}.
     *
     * @param scale of the gradient
     * @param dLogits of the logits' shape, may be the logits; null for no gradient
     */
    Operation sigmoidCrossEntropy(SigmoidCrossEntropyOperands operands, float scale, Tensor dLogits);

    /**
     * Masked-LM loss of rows that may copy a token instead of predicting one (All-Tokens MLM, Clark et al. 2020, section 3.4): with
     * {@code D = sigmoid(gate[r])} and {@code s = softmax(logits[r])}, the probability of token v is
     * {@code p(v) = D [v = copied[r]] + (1 - D) s(v)}, and {@code loss[0] = sum(-mask log p(labels)) / normalizer}.
     *
     * <p>As {@code p(v) / (1 - D) = exp(gate) [v = copied] + s(v)}, nothing here needs the exponential of a large number:
     * {@code -log p = softplus(gate) - log s} where the label is not the copied token, else
     * {@code softplus(gate) - log(exp(gate) + s)}.
     */
    Operation copyCrossEntropy(CopyCrossEntropyOperands operands);

    /**
     * Gradient in place. With {@code l = log s(labels[r])}, {@code q = sigmoid(l - gate[r])} where the label is the copied token (the part
     * of its probability that is predicted), else 1, and {@code f = scale mask[r] / normalizer}:
     * {@code logits[r] = f q (softmax(logits[r]) - onehot(labels[r]))}, {@code dGate[r] = -f (1 - D) (1 - s) (1 - q)} where the label is
     * the copied token, else {@code f D}. Nothing may read the logits afterwards. Neither correct nor loss is touched; both may be null.
     *
     * @param dGate as the gate; may be the gate
     */
    Operation copyCrossEntropyBackward(CopyCrossEntropyOperands operands, float scale, Tensor dGate);

    /**
     * {@link #copyCrossEntropy} and then {@link #copyCrossEntropyBackward}, for which a backend may read the logits once. The results
     * are those of the two operations, bit for bit.
     */
    default Operation copyCrossEntropyWithGradient(CopyCrossEntropyOperands operands, float scale, Tensor dGate) {
        Operation crossEntropy = copyCrossEntropy(operands);
        return crossEntropy.then(copyCrossEntropyBackward(operands, scale, dGate));
    }

    /**
     * The generator's side of adversarial training (Clark et al. 2020, appendix F): REINFORCE (Williams 1992) with a learnt baseline.
     * The reward of a sampled token is the discriminator's loss there, a constant as far as gradients go: with
     * {@code d = discriminatorLogits[rows[r]]}, {@code R = softplus(d)} where {@code sampled[r] = labels[r]}, else {@code softplus(-d)}.
     * The baseline is {@code b = -log sigmoid(baseline[r])}; it learns {@code exp(-R)}, the probability that the discriminator gives to
     * the truth, by binary cross-entropy. {@code reward[0] = sum(weights R) / normalizer},
     * {@code baselineLoss[0] = sum(weights bce) / normalizer}.
     *
     * <p>The gradients maximise the expected reward, and minimise the baseline's loss: with {@code f = scale weights[r] / normalizer},
     * {@code logits[r] = f (R - b) (softmax(logits[r]) - onehot(sampled[r]))}, of the distribution at temperature 1, and
     * {@code dBaseline[r] = f (sigmoid(baseline[r]) - exp(-R))}. Nothing may read the logits afterwards. A row that is no token of the
     * discriminator is an error on the CPU, and makes all results NaN elsewhere; one of weight 0 is not looked at.
     *
     * @param scale of the gradients
     * @param dBaseline of the baseline's shape, but another tensor; null for no gradients, which leaves the logits as they are
     */
    Operation policyGradient(PolicyGradientOperands operands, float scale, Tensor dBaseline);

    /**
     * Squared error {@code loss[0] = sum(weights (x - targets)^2) / normalizer} and its gradient
     * {@code dx = 2 scale weights (x - targets) / normalizer}.
     *
     * @param x [R]
     * @param targets FLOAT32 [R]
     * @param weights FLOAT32 [R]; rows of weight 0 count for nothing
     * @param normalizer FLOAT32 [1]
     * @param loss FLOAT32 [1]
     * @param scale of the gradient
     * @param dx [R], or null for no gradient
     */
    Operation squaredError(
            Tensor x, Tensor targets, Tensor weights, Tensor normalizer, Tensor loss, float scale, Tensor dx);

    /**
     * Cross-entropy over the positions of sequences, as for the start and end of an answer:
     * {@code loss[0] = sum_b weights[b] (1/C) sum_c (log sum_s exp(x[b,s,c]) - x[b,targets[b,c],c]) / normalizer}, the inner sum over
     * allowed positions s, and its gradient, weighted by {@code scale}. A target that is not an allowed position is an error on the
     * CPU, and makes loss and gradient NaN elsewhere.
     *
     * @param scale of the gradient
     * @param dLogits [B*S,C], or null for no gradient
     */
    Operation spanCrossEntropy(SpanCrossEntropyOperands operands, float scale, Tensor dLogits);

    /**
     * {@code y[b] = sum_s p[b,s] values[b,s]} with {@code p} the softmax of a sequence's logits over its allowed positions. A sequence
     * without any is an error on the CPU, and makes its result NaN elsewhere.
     */
    Operation poolPositions(PositionPoolingOperands operands);

    /**
     * Backward pass of {@link #poolPositions}: {@code dValues[b,s] = p[b,s] dy[b]}, added where {@code accumulate}, and
     * {@code dLogits = p (dp - sum_s(p dp))} with {@code dp} the inner products of a position's vector with dy.
     *
     * @param dy [B,H]
     * @param dLogits [B*S,1]
     * @param dValues [B*S,H]
     */
    Operation poolPositionsBackward(
            PositionPoolingOperands operands, Tensor dy, Tensor dLogits, Tensor dValues, boolean accumulate);

    /**
     * {@code norm[0] = sqrt(sum of squares of x)}. A norm that is not finite stays until something else writes it: then updates that
     * were begun before anybody saw it {@linkplain #adamW change nothing} either.
     */
    Operation globalNorm(Tensor x, Tensor norm);

    /**
     * The official AdamWeightDecay (BERT and ELECTRA; no bias correction), over arenas of equal size. With
     * {@code g = gradient clipNorm / max(norm, clipNorm)}, or the gradient where clipNorm is 0: {@code m = beta1 m + (1-beta1) g},
     * {@code v = beta2 v + (1-beta2) g^2}, {@code p -= rate (m / (sqrt(v) + epsilon) + weightDecay p)}. Where the norm is not finite,
     * nothing changes.
     *
     * @param norm FLOAT32 [1] from {@link #globalNorm}
     */
    Operation adamW(Tensor parameters, Tensor gradients, Tensor m, Tensor v, Tensor norm, AdamWOptions options);

    /**
     * The same work as one operation. A backend with launches to save records what the work does (on CUDA as a graph) and then
     * repeats the recording, so the work must do the same in every run: operations of this backend that were prepared before, on
     * the same tensors; no upload, no download, no allocation, nothing on the host. What changes between runs is data that the
     * operations read. Work that is recorded may be part of other such work.
     */
    default Operation recorded(Operation work) {
        return work;
    }

    /** A new clock for operations of this backend. */
    default Stopwatch stopwatch() {
        return Stopwatch.ofHost();
    }

    /** Releases threads and memory. */
    @Override
    void close();
}
