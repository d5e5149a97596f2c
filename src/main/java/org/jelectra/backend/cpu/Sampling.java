package org.jelectra.backend.cpu;

import org.jelectra.backend.MultinomialDraw;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.random.Philox;
import org.jelectra.tensor.Tensor;

/** Sampling of replacement tokens from the generator's logits, one task per row. */
final class Sampling {

    /** Elements summed together: the cumulative distribution is walked block by block, then within one block. */
    private static final int BLOCK = 512;

    private final Workers workers;
    private final CpuKernels kernels;

    Sampling(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
    }

    Operation multinomial(Tensor logits, MultinomialDraw draw) {
        float[] xs = CpuStorage.floats(logits);
        Ints out = Ints.of(draw.sampled());
        int xo = CpuStorage.offset(logits);
        int rows = logits.shape().rows();
        int vocabulary = logits.shape().width();
        int blocks = (vocabulary + BLOCK - 1) / BLOCK;
        Clock clock = new Clock(draw.randomness(), rows);
        float inverse = 1 / draw.temperature();
        double[][] sums = new double[workers.count()][blocks];
        float[][] values = new float[workers.count()][BLOCK];
        int[][] words = new int[workers.count()][4];
        Workers.Body body = (row, worker) -> {
            int at = xo + row * vocabulary;
            float maximum = inverse * kernels.max(xs, at, vocabulary);
            double[] blockSums = sums[worker];
            double total = 0;
            for (int block = 0; block < blocks; block++) {
                int n = Math.min(BLOCK, vocabulary - block * BLOCK);
                blockSums[block] = kernels.sumExp(inverse, maximum, xs, at + block * BLOCK, n);
                total += blockSums[block];
            }
            long element = clock.first() + row;
            Philox.block(
                    (int) element,
                    (int) (element >>> 32),
                    clock.stream,
                    clock.step(),
                    clock.seedLow(),
                    clock.seedHigh(),
                    Randomness.ROUNDS,
                    words[worker]);
            double target = total * Philox.uniform(words[worker][0]);
            int block = 0;
            double before = 0;
            while (block < blocks - 1 && before + blockSums[block] <= target) {
                before += blockSums[block++];
            }
            int n = Math.min(BLOCK, vocabulary - block * BLOCK);
            float[] probabilities = values[worker];
            kernels.exp(inverse, maximum, 1, xs, at + block * BLOCK, probabilities, 0, n);
            out.set(row, block * BLOCK + pick(probabilities, n, target - before));
        };
        return () -> workers.run(rows, body);
    }

    /** First index where the running sum exceeds the target; the last possible one where rounding leaves none. */
    private static int pick(float[] probabilities, int n, double target) {
        int last = 0;
        double sum = 0;
        for (int i = 0; i < n; i++) {
            if (probabilities[i] > 0) {
                last = i;
                sum += probabilities[i];
                if (sum > target) {
                    return i;
                }
            }
        }
        return last;
    }

    Operation gumbel(Tensor logits, float temperature, Tensor uniforms, Randomness randomness, Tensor sampled) {
        float[] xs = CpuStorage.floats(logits);
        Ints out = Ints.of(sampled);
        int xo = CpuStorage.offset(logits);
        int rows = logits.shape().rows();
        int vocabulary = logits.shape().width();
        float inverse = 1 / temperature;
        Workers.Body body;
        if (uniforms != null) {
            float[] us = CpuStorage.floats(uniforms);
            int uo = CpuStorage.offset(uniforms);
            body = (row, worker) -> out.set(
                    row, perturbedArgMax(inverse, xs, xo + row * vocabulary, us, uo + row * vocabulary, vocabulary));
        } else {
            Clock clock = new Clock(randomness, logits.size());
            RandomKernels random = kernels.random();
            body = (row, worker) -> out.set(
                    row,
                    random.gumbelArgMax(
                            clock.seedLow(),
                            clock.seedHigh(),
                            clock.stream,
                            clock.step(),
                            clock.first() + (long) row * vocabulary,
                            inverse,
                            xs,
                            xo + row * vocabulary,
                            vocabulary));
        }
        return () -> workers.run(rows, body);
    }

    private static int perturbedArgMax(float inverse, float[] xs, int xo, float[] us, int uo, int n) {
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            double value = inverse * xs[xo + i] - Math.log(-Math.log(us[uo + i] + 1e-9) + 1e-9);
            if (value > highest) {
                highest = value;
                best = i;
            }
        }
        return best;
    }

    Operation replaceTokens(Tensor ids, Tensor rows, Tensor weights, Tensor sampled, Tensor corrupted, Tensor labels) {
        int[] idValues = CpuStorage.ints(ids);
        Ints rowValues = Ints.of(rows);
        Floats weightValues = Floats.of(weights);
        Ints sampledValues = Ints.of(sampled);
        int[] out = CpuStorage.ints(corrupted);
        Ints labelValues = Ints.of(labels);
        int io = CpuStorage.offset(ids);
        int co = CpuStorage.offset(corrupted);
        int tokens = (int) ids.size();
        int count = (int) rows.size();
        Workers.Body body = (task, worker) -> {
            System.arraycopy(idValues, io, out, co, tokens);
            for (int i = 0; i < count; i++) {
                if (weightValues.get(i) > 0) {
                    out[co + Rows.row("replace tokens: row", rows, rowValues.get(i), tokens)] = sampledValues.get(i);
                }
            }
            for (int i = 0; i < tokens; i++) {
                labelValues.set(i, out[co + i] == idValues[io + i] ? 0 : 1);
            }
        };
        return () -> workers.run(1, body);
    }
}
