package org.jelectra.autograd;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.backend.PositionPoolingOperands;
import org.jelectra.backend.Randomness;
import org.jelectra.random.RandomStreams;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * Records operations and, in reverse, their backward passes; {@link #compile()} gives all values memory and returns the program.
 * Nothing is computed while recording.
 *
 * <p>Each differentiable method appends one step and remembers how to append its backward steps. {@link #backward()} walks
 * them in reverse. A value used several times receives several gradients: the first overwrites, the others are added, by the
 * operation itself where it can (matrix products) and through a temporary tensor elsewhere. What is computed from constants alone has
 * no backward steps.
 */
public final class Tape {

    private final Backend backend;
    private final Tensor clock;
    private final Recording recording;
    private final ParameterGradients gradients;
    private final RowLookups lookups;
    private final Elementwise elementwise;
    private final LayerNormLayers layerNormLayers;
    private final LinearLayers linearLayers;
    private final SelfAttentionLayers selfAttentionLayers;
    private final EmbeddingLayers embeddingLayers;
    private final OwnOperations ownOperations;
    private final Losses losses;
    private Predicate<String> frozen = name -> false;
    private int nextDropoutStream = RandomStreams.FIRST_DROPOUT;

    /**
     * @param backend prepares all operations
     * @param clock INT32[4] that random operations read, see {@link Randomness}; null where none is recorded
     */
    public Tape(Backend backend, Tensor clock) {
        this.backend = backend;
        this.clock = clock;
        recording = new Recording(backend);
        gradients = new ParameterGradients(recording);
        lookups = new RowLookups(recording);
        elementwise = new Elementwise(recording);
        layerNormLayers = new LayerNormLayers(recording, gradients);
        linearLayers = new LinearLayers(recording, gradients, lookups);
        selfAttentionLayers = new SelfAttentionLayers(recording, gradients);
        embeddingLayers = new EmbeddingLayers(recording, gradients, linearLayers);
        ownOperations = new OwnOperations(recording);
        losses = new Losses(recording);
    }

    /** Records losses on this tape. */
    public Losses losses() {
        return losses;
    }

    /** A value that is given and not trained. */
    public Variable constant(Tensor value) {
        return new Variable(recording, value, false);
    }

    /**
     * A trained value; a constant where the parameter is {@linkplain #freeze frozen}.
     *
     * @throws IllegalArgumentException if some members of it are frozen and others are not
     */
    public Variable parameter(Parameter parameter) {
        List<String> constant = parameter.members().stream().filter(frozen).toList();
        if (constant.isEmpty()) {
            return new Variable(recording, parameter);
        }
        if (constant.size() < parameter.members().size()) {
            throw new IllegalArgumentException(parameter.value() + " is of " + parameter.members()
                    + ", which must be frozen together, got only " + constant);
        }
        return constant(parameter.value());
    }

    /**
     * Freezes parameters: in what is recorded from now on they are constants, and their gradients stay as they are. Whoever updates
     * parameters leaves them out too, because weight decay changes what has no gradient.
     *
     * @param names accepts the name of a parameter to freeze, of each member where it is {@linkplain Parameter#members stacked}; what was
     *     frozen before stays so
     */
    public void freeze(Predicate<String> names) {
        frozen = frozen.or(names);
    }

    /**
     * Dropout with a random stream of its own; {@link Dropout#NONE} for probability 0.
     *
     * @throws IllegalStateException for another probability where the tape has no clock
     */
    public Dropout newDropout(float probability) {
        int stream = nextDropoutStream++;
        if (probability == 0) {
            return Dropout.NONE;
        }
        if (clock == null) {
            throw new IllegalStateException(
                    "dropout of " + probability + " needs the clock that the tape is made with, got none");
        }
        return new Dropout(probability, new Randomness(clock, stream));
    }

    /** A new tensor whose memory holds it only while recorded steps need it. */
    public Tensor tensor(String name, DType dtype, int... dimensions) {
        return recording.tensor(name, dtype, dimensions);
    }

    /**
     * Keeps the tensor's contents readable after the program has run. A value is to be kept before {@link #backward()}, which else may
     * put its gradient in its place. Returns the tensor.
     *
     * @throws IllegalStateException once the tape is compiled, or the gradient has taken the value's place
     */
    public Tensor keep(Tensor tensor) {
        return recording.keep(tensor);
    }

    /** Appends a step without a backward pass (sampling, metrics). {@code tensors}: all that it reads or writes. */
    public void record(String name, List<Tensor> tensors, Supplier<Operation> prepare) {
        recording.forwardOnly(name, tensors, prepare);
    }

    /**
     * An operation of one's own.
     *
     * @param inputs what it reads, values and constants
     * @param y takes its result: a new {@link #tensor} of this tape, usually of the {@linkplain Backend#valueType() type of values}
     * @throws IllegalArgumentException if y is no new tensor of this tape
     */
    public Variable operation(DifferentiableOperation operation, List<Variable> inputs, Tensor y) {
        return ownOperations.record(operation, List.copyOf(inputs), y);
    }

    /** {@code y = x weight^T + bias}; see {@link Backend#linear}. Bias may be null. */
    public Variable linear(Variable x, Variable weight, Variable bias) {
        return linearLayers.linear(x, new LinearParameters(weight, bias));
    }

    /**
     * The same as logits of a softmax over many words, one for each row of the weight: in rows as wide as the backend likes them, minus
     * infinity behind the words; see {@link Backend#logitsWidth}.
     */
    public Variable logits(Variable x, Variable weight, Variable bias) {
        return linearLayers.logits(x, new LinearParameters(weight, bias));
    }

    /** {@code y = gelu(x weight^T + bias)}; see {@link Backend#linearGelu}. Bias may be null. */
    public Variable linearGelu(Variable x, Variable weight, Variable bias) {
        return linearLayers.linearGelu(x, new LinearParameters(weight, bias));
    }

    /**
     * {@code y = dropout(LayerNorm(gelu(x weight^T + bias)))} of some rows of x; see {@link Backend#linearGeluLayerNorm}.
     *
     * @param rows INT32 [R]: which; null for all
     */
    public Variable linearGelu(
            Variable x, Tensor rows, LinearParameters layer, LayerNormParameters norm, Dropout dropout) {
        return linearLayers.linearGelu(x, rows, layer, norm, dropout);
    }

    /**
     * {@code y = outer(gelu(inner(x)))}: a head of two linear layers. Nothing else reads what lies between the two, so a backend may
     * leave its gradient unwritten; see {@link Backend#linearBackwardInputGelu}.
     */
    public Variable feedForward(Variable x, LinearParameters inner, LinearParameters outer) {
        return linearLayers.feedForward(x, inner, outer);
    }

    /**
     * {@code y = LayerNorm(dropout(outer(gelu(inner(x)))) + x)}: the feed-forward part of a Transformer layer (Vaswani et al. 2017);
     * see {@link Backend#feedForwardAddLayerNorm}.
     */
    public Variable feedForward(
            Variable x, LinearParameters inner, LinearParameters outer, Dropout dropout, LayerNormParameters norm) {
        return linearLayers.feedForward(x, inner, outer, dropout, norm);
    }

    /** {@code y = dropout(x)}; x itself where dropout is inactive. */
    public Variable dropout(Variable x, Dropout dropout) {
        return elementwise.dropout(x, dropout);
    }

    /** {@code y = a + b}, as of a residual connection: both of equal rows and width; the same value twice is twice that value. */
    public Variable add(Variable a, Variable b) {
        return elementwise.add(a, b);
    }

    /** {@code y = gelu(x)}; see {@link Backend#gelu}. Behind a linear layer {@link #linearGelu} does both. */
    public Variable gelu(Variable x) {
        return elementwise.gelu(x);
    }

    /**
     * {@code y = gamma (x - mean) / sqrt(variance + epsilon) + beta} of each row; see {@link Backend#layerNorm}.
     *
     * @param gamma [H], the width of x
     * @param beta [H]
     */
    public Variable layerNorm(Variable x, Variable gamma, Variable beta, float epsilon) {
        return layerNormLayers.layerNorm(x, new LayerNormParameters(gamma, beta, epsilon));
    }

    /**
     * Scaled dot-product attention of each token to all tokens of its sequence; see {@link Backend#attention}. With a linear layer
     * before and after it this is multi-head self-attention; {@link #selfAttention} does all of that with a residual and LayerNorm.
     *
     * @param queryKeyValue [B*S, 3H]: query, key and value side by side, heads side by side within each
     * @param keyMask INT32 [B,S], 1 for a token that others may look at
     * @param dropout of the probabilities
     * @return [B*S, H]
     */
    public Variable attention(Variable queryKeyValue, Tensor keyMask, AttentionShape shape, Dropout dropout) {
        return selfAttentionLayers.attention(queryKeyValue, keyMask, shape, dropout);
    }

    /**
     * {@code y = LayerNorm(dropout(output(attention(queryKeyValue(x)))) + x)}: the self-attention part of a Transformer layer; see
     * {@link Backend#selfAttention}.
     *
     * @param probabilityDropout of the probabilities
     * @param queryKeyValue with a bias, as output
     */
    public Variable selfAttention(
            Variable x,
            Tensor keyMask,
            AttentionShape shape,
            Dropout probabilityDropout,
            LinearParameters queryKeyValue,
            LinearParameters output,
            Dropout dropout,
            LayerNormParameters norm) {
        return selfAttentionLayers.selfAttention(
                x, keyMask, shape, probabilityDropout, queryKeyValue, output, dropout, norm);
    }

    /**
     * Sum of word, position and type embeddings (Devlin et al. 2019), normalised, with dropout, and projected to another width; see
     * {@link Backend#embeddingLayerNormLinear}.
     *
     * @param projection null for none; see {@link Backend#embeddingLayerNorm}
     */
    public Variable embedding(
            Tensor ids,
            Tensor tokenTypes,
            int length,
            Variable words,
            Variable positions,
            Variable types,
            LayerNormParameters norm,
            Dropout dropout,
            LinearParameters projection) {
        return embeddingLayers.embedding(ids, tokenTypes, length, words, positions, types, norm, dropout, projection);
    }

    /** {@code y[r] = x[rows[r]]}; see {@link Backend#gatherRows}. */
    public Variable gatherRows(Variable x, Tensor rows) {
        return lookups.gatherRows(x, rows);
    }

    /**
     * {@code y[r] = gelu(x[r] + shared[rows[r]])}: a dense layer and GELU over pairs of vectors of which the second is the same
     * for many rows, such as one of the sequence for all its positions. The parts of the layer are applied before, as
     * {@code [a, b] W = a W1 + b W2}.
     *
     * @param x [R,N]
     * @param shared [G,N]
     * @param rows INT32 [R]
     */
    public Variable addRowsGelu(Variable x, Variable shared, Tensor rows) {
        int count = x.value().shape().rows();
        int width = x.value().shape().width();
        Tensor sum = recording.tensor("preActivation", backend.valueType(), count, width);
        Variable y = recording.result("addRowsGelu", count, width, Variable.anyRequiresGradient(x, shared));
        recording.forward(
                "gatherRows", StepTensors.of(shared, rows, sum), () -> backend.gatherRows(shared.value(), rows, sum));
        recording.forward("add", StepTensors.of(x, sum), () -> backend.add(x.value(), sum));
        recording.forward("gelu", StepTensors.of(sum, y), () -> backend.gelu(sum, y.value()));
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy == null) {
                return;
            }
            recording.backward("geluBackward", StepTensors.of(sum, dy), () -> backend.geluBackward(sum, dy, dy));
            if (shared.requiresGradient()) {
                lookups.backward(dy, rows, shared);
            }
            recording.addLast(x, dy); // the gradient of the sum is that of x
        });
        return y;
    }

    /**
     * The mean of each sequence's vectors under a softmax over its positions; see {@link Backend#poolPositions}. With logits of 0 it is
     * the plain mean over the allowed positions.
     *
     * @param logits [B*S,1]
     * @param values [B*S,H]
     * @param allowed INT32 [B*S]: 0 for positions of probability 0; each sequence needs one that is not
     * @return [B,H]
     * @throws IllegalArgumentException if the rows are no multiple of {@code batch}
     */
    public Variable poolPositions(Variable logits, Variable values, Tensor allowed, int batch) {
        if (batch < 1 || values.value().shape().rows() % batch != 0) {
            throw new IllegalArgumentException("the mean over positions needs a whole number of positions for each of "
                    + batch + " sequences, got " + logits.value() + ", " + values.value() + " and " + allowed);
        }
        Variable y = recording.result(
                "poolPositions", batch, values.value().shape().width(), Variable.anyRequiresGradient(logits, values));
        Tensor logSumExp = recording.tensor("logSumExp", DType.FLOAT32, batch);
        PositionPoolingOperands operands =
                new PositionPoolingOperands(logits.value(), values.value(), allowed, logSumExp, y.value());
        recording.forward("poolPositions", StepTensors.of(operands), () -> backend.poolPositions(operands));
        recording.pullback(y, () -> {
            Tensor dy = y.gradient();
            if (dy == null) {
                return;
            }
            Tensor added = recording.gradient(values);
            boolean accumulate = added != null;
            Tensor dValues = accumulate ? added : recording.contribution(values);
            Tensor dLogits = recording.contribution(logits);
            recording.backward(
                    "poolPositionsBackward",
                    StepTensors.of(logits, values, allowed, logSumExp, dy, dLogits, dValues),
                    () -> backend.poolPositionsBackward(operands, dy, dLogits, dValues, accumulate));
            recording.addContribution(logits, dLogits);
        });
        return y;
    }

    /**
     * Records the backward pass of all losses on the tape. Once, after all forward operations.
     *
     * @throws IllegalStateException where there is no loss, or losses are of constants alone; and after {@link #compile()}
     */
    public void backward() {
        recording.reverse();
        gradients.finish();
        recording.requireBackward();
    }

    /** Lays out the memory and prepares every operation. */
    public Program compile() {
        return compile(new Workspace(backend));
    }

    /** As {@link #compile()}, in memory that other programs may use as well; of these one runs at a time. */
    public Program compile(Workspace workspace) {
        return recording.compile(workspace);
    }
}
