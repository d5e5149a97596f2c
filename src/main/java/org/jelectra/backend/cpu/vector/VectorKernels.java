package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.backend.cpu.CpuKernels;
import org.jelectra.backend.cpu.LayerNormKernels;
import org.jelectra.backend.cpu.RandomKernels;
import org.jelectra.backend.cpu.ScalarKernels;
import org.jelectra.backend.cpu.TileKernels;

/**
 * The inner loops with jdk.incubator.vector, at the widest shape the processor has, and with the same bits at each. Multiples of
 * {@link VectorReductions#LANES} elements here; those after the last multiple go to {@link ScalarKernels} (masked loads are slow on
 * JDK 17 with AVX2). One loop per method: larger methods exceed the compiler's inlining limits and box their vectors.
 */
public final class VectorKernels implements CpuKernels {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private final ScalarKernels scalar = new ScalarKernels();
    private final TileKernels tiles = new VectorTiles();
    private final LayerNormKernels layerNorm = new VectorLayerNorm();
    private final RandomKernels random = new VectorRandom();

    /** Kernels at the preferred shape. */
    public VectorKernels() {
        if (L < 4 || L > VectorReductions.LANES) {
            throw new UnsupportedOperationException("vectors of " + S.vectorBitSize() + " bits, not 128 to 512");
        }
    }

    @Override
    public String name() {
        return "vector (" + S.vectorBitSize() + " bits)";
    }

    @Override
    public TileKernels tiles() {
        return tiles;
    }

    @Override
    public LayerNormKernels layerNorm() {
        return layerNorm;
    }

    @Override
    public RandomKernels random() {
        return random;
    }

    @Override
    public void add(float[] x, int xo, float[] y, int yo, int n) {
        int end = VectorReductions.whole(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, y, yo + i)
                    .add(FloatVector.fromArray(S, x, xo + i))
                    .intoArray(y, yo + i);
        }
        scalar.add(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void addScaled(float factor, float[] x, int xo, float[] y, int yo, int n) {
        int end = VectorReductions.whole(n);
        FloatVector f = FloatVector.broadcast(S, factor);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i)
                    .fma(f, FloatVector.fromArray(S, y, yo + i))
                    .intoArray(y, yo + i);
        }
        scalar.addScaled(factor, x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void scale(float factor, float[] x, int xo, int n) {
        int end = VectorReductions.whole(n);
        for (int i = 0; i < end; i += L) {
            FloatVector.fromArray(S, x, xo + i).mul(factor).intoArray(x, xo + i);
        }
        scalar.scale(factor, x, xo + end, n - end);
    }

    @Override
    public float dot(float[] x, int xo, float[] y, int yo, int n) {
        int end = VectorReductions.whole(n);
        float sum = end == 0 ? 0 : VectorReductions.dot(x, xo, y, yo, end);
        return sum + scalar.dot(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void gelu(float[] x, int xo, float[] y, int yo, int n) {
        int end = VectorReductions.whole(n);
        VectorGelu.forward(x, xo, y, yo, end);
        scalar.gelu(x, xo + end, y, yo + end, n - end);
    }

    @Override
    public void geluBackward(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        int end = VectorReductions.whole(n);
        VectorGelu.backward(x, xo, dy, dyo, dx, dxo, end);
        scalar.geluBackward(x, xo + end, dy, dyo + end, dx, dxo + end, n - end);
    }

    @Override
    public float max(float[] x, int xo, int n) {
        int end = VectorReductions.whole(n);
        if (end == 0) {
            return scalar.max(x, xo, n);
        }
        float max = VectorReductions.max(x, xo, end);
        return end == n ? max : Math.max(max, scalar.max(x, xo + end, n - end));
    }

    @Override
    public int argMax(float[] x, int xo, int n) {
        float max = max(x, xo, n);
        for (int i = 0; i < n; i++) {
            if (x[xo + i] == max) {
                return i;
            }
        }
        return scalar.argMax(x, xo, n); // only with NaN
    }

    @Override
    public float sumExp(float factor, float shift, float[] x, int xo, int n) {
        int end = VectorReductions.whole(n);
        float sum = end == 0 ? 0 : VectorReductions.sumExp(factor, shift, x, xo, end);
        return sum + scalar.sumExp(factor, shift, x, xo + end, n - end);
    }

    @Override
    public void exp(float factor, float shift, float outputFactor, float[] x, int xo, float[] y, int yo, int n) {
        int end = VectorReductions.whole(n);
        VectorMath.exp(factor, shift, outputFactor, x, xo, y, yo, end);
        scalar.exp(factor, shift, outputFactor, x, xo + end, y, yo + end, n - end);
    }

    @Override
    public float sum(float[] x, int xo, int n) {
        int end = VectorReductions.whole(n);
        float sum = end == 0 ? 0 : VectorReductions.sum(x, xo, end);
        return sum + scalar.sum(x, xo + end, n - end);
    }

    @Override
    public void softmaxBackward(
            float factor,
            float dot,
            float[] p,
            int po,
            float[] q,
            int qo,
            float[] dq,
            int dqo,
            float[] dx,
            int dxo,
            int n) {
        int end = VectorReductions.whole(n);
        for (int i = 0; i < end; i += L) {
            FloatVector share = FloatVector.fromArray(S, p, po + i).mul(dot);
            FloatVector own = FloatVector.fromArray(S, q, qo + i).mul(FloatVector.fromArray(S, dq, dqo + i));
            own.sub(share).mul(factor).intoArray(dx, dxo + i);
        }
        scalar.softmaxBackward(factor, dot, p, po + end, q, qo + end, dq, dqo + end, dx, dxo + end, n - end);
    }

    @Override
    public void adamW(
            float clip,
            float rate,
            double beta1,
            double beta2,
            float epsilon,
            float decay,
            float[] p,
            int po,
            float[] gradient,
            int go,
            float[] m,
            int mo,
            float[] v,
            int vo,
            int n) {
        int end = VectorReductions.whole(n);
        for (int i = 0; i < end; i += L) {
            FloatVector g = FloatVector.fromArray(S, gradient, go + i).mul(clip);
            FloatVector mi =
                    FloatVector.fromArray(S, m, mo + i).mul((float) beta1).add(g.mul((float) (1 - beta1)));
            FloatVector vi = FloatVector.fromArray(S, v, vo + i)
                    .mul((float) beta2)
                    .add(g.mul(g).mul((float) (1 - beta2)));
            mi.intoArray(m, mo + i);
            vi.intoArray(v, vo + i);
            FloatVector pi = FloatVector.fromArray(S, p, po + i);
            FloatVector update =
                    mi.div(vi.lanewise(VectorOperators.SQRT).add(epsilon)).add(pi.mul(decay));
            pi.sub(update.mul(rate)).intoArray(p, po + i);
        }
        scalar.adamW(
                clip, rate, beta1, beta2, epsilon, decay, p, po + end, gradient, go + end, m, mo + end, v, vo + end,
                n - end);
    }
}
