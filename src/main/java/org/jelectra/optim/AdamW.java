package org.jelectra.optim;

import java.util.List;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Readback;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * The optimizer of BERT and ELECTRA over one parameter arena: clipping of the global norm, then Adam (Kingma and Ba 2015)
 * without bias correction and with decoupled weight decay (Loshchilov and Hutter 2019). See {@link Backend#adamW}.
 */
public final class AdamW {

    private final Backend backend;
    private final Tensor m;
    private final Tensor v;
    private final Tensor norm;
    private final Tensor learningRate;
    private final Operation forgetNorm;
    private final Operation globalNorm;
    private final Operation update;
    private final float[] scalar = new float[1];

    /**
     * Constants of the rule.
     *
     * @param beta1 decay of the first moment, 0.9
     * @param beta2 decay of the second moment, 0.999
     * @param epsilon added to the root of the second moment, 1e-6
     * @param clipNorm largest global norm, 1; 0: no clipping
     */
    public record Options(double beta1, double beta2, float epsilon, float clipNorm) {
        /** ELECTRA's constants. */
        public static final Options ELECTRA = new Options(0.9, 0.999, 1e-6f, 1f);
    }

    /**
     * @param parameters FLOAT32, what is trained of an arena
     * @param gradients their gradients, of equal size; a step reads them and does not clear them
     * @param segments parts of the arena with their decay and rate factors, usually from the model; what is in none stays as it is
     */
    public AdamW(
            Backend backend,
            Tensor parameters,
            Tensor gradients,
            List<AdamWOptions.Segment> segments,
            Options options) {
        this.backend = backend;
        int size = Math.toIntExact(parameters.size());
        m = newTensor("m", size);
        v = newTensor("v", size);
        norm = newTensor("norm", 1);
        learningRate = newTensor("learningRate", 1);
        forgetNorm = backend.fill(norm, 0);
        globalNorm = backend.globalNorm(gradients, norm);
        update = backend.adamW(
                parameters,
                gradients,
                m,
                v,
                norm,
                new AdamWOptions(
                        options.beta1, options.beta2, options.epsilon, options.clipNorm, learningRate, segments));
    }

    private Tensor newTensor(String name, int size) {
        return Tensor.of(name, Shape.of(size), backend.allocate(DType.FLOAT32, size), 0);
    }

    /** Whether a parameter of that name is decayed: all but biases and LayerNorm parameters, as in the official code. */
    public static boolean decays(String name) {
        return !name.contains("LayerNorm") && !name.contains("layer_norm") && !name.contains("bias");
    }

    /**
     * One update with the gradients as they are; none where they are not finite, which {@link #gradientNorm} then says. Later steps do not
     * know of that: whoever wants none of them to change anything either calls {@link #measure} and {@link #update}.
     *
     * @param rate learning rate of this step, see {@link LearningRateSchedule}
     * @throws IllegalArgumentException for a rate that is negative, or no finite number in float32
     */
    public void step(double rate) {
        forgetNorm.run();
        measure();
        update(rate);
    }

    /** Computes the gradients' global norm, which {@link #update} clips by. One that is not finite stays until it is {@linkplain #forgetNorm forgotten}. */
    public void measure() {
        globalNorm.run();
    }

    /** Lets the next norm be computed after one that was not finite. */
    public void forgetNorm() {
        forgetNorm.run();
    }

    /**
     * One update with the gradients as they were {@linkplain #measure measured}; none where their norm was not finite.
     *
     * @throws IllegalArgumentException for a rate that is negative, or no finite number in float32
     */
    public void update(double rate) {
        if (!(rate >= 0 && rate <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "AdamW: the learning rate must be 0 or a positive number of float32, got " + rate);
        }
        scalar[0] = (float) rate;
        backend.upload(scalar, 0, learningRate);
        update.run();
    }

    /** Global norm of the gradients in the last step, before clipping. */
    public float gradientNorm() {
        backend.download(norm, scalar, 0);
        return scalar[0];
    }

    /** FLOAT32 [1]: the norm as last measured. */
    public Tensor norm() {
        return norm;
    }

    /** What takes the {@linkplain #norm norm} for the host without making it wait. */
    public Readback normReadback() {
        return backend.readback(List.of(norm));
    }

    /** First moments, as many as the parameters. */
    public Tensor firstMoments() {
        return m;
    }

    /** Second moments, as many as the parameters. */
    public Tensor secondMoments() {
        return v;
    }
}
