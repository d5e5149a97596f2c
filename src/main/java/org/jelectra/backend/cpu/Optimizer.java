package org.jelectra.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.Tensor;

/** Global norm and AdamW over one parameter arena: bound by memory, seven arrays' worth of traffic a step. */
final class Optimizer {

    /** Elements of one task: 256 KiB an array. */
    private static final int PIECE = 65536;

    private final Workers workers;
    private final CpuKernels kernels;

    Optimizer(Workers workers, CpuKernels kernels) {
        this.workers = workers;
        this.kernels = kernels;
    }

    Operation globalNorm(Tensor x, Tensor norm) {
        float[] xs = CpuStorage.floats(x);
        Floats norms = Floats.of(norm);
        int xo = CpuStorage.offset(x);
        int size = (int) x.size();
        int tasks = Workers.tasks(size, PIECE);
        double[] sums = new double[tasks];
        Workers.Body body = (task, worker) ->
                sums[task] = kernels.sumOfSquares(xs, xo + task * PIECE, Math.min(PIECE, size - task * PIECE));
        return () -> {
            if (!Float.isFinite(norms.get(0))) {
                return;
            }
            workers.run(tasks, body);
            double sum = 0;
            for (double part : sums) {
                sum += part;
            }
            norms.set(0, (float) Math.sqrt(sum));
        };
    }

    /** A part of a segment that one task updates. */
    private record Piece(int offset, int length, float rateFactor, float weightDecay) {}

    Operation adamW(Tensor parameters, Tensor gradients, Tensor m, Tensor v, Tensor norm, AdamWOptions options) {
        float[] ps = CpuStorage.floats(parameters);
        float[] gs = CpuStorage.floats(gradients);
        float[] ms = CpuStorage.floats(m);
        float[] vs = CpuStorage.floats(v);
        Floats norms = Floats.of(norm);
        Floats rates = Floats.of(options.learningRate());
        int po = CpuStorage.offset(parameters);
        int go = CpuStorage.offset(gradients);
        int mo = CpuStorage.offset(m);
        int vo = CpuStorage.offset(v);
        float clipNorm = options.clipNorm();
        Piece[] pieces = pieces(options.segments());
        Workers.Body body = (task, worker) -> {
            Piece piece = pieces[task];
            float clip = clipNorm > 0 && norms.get(0) > clipNorm ? clipNorm / norms.get(0) : 1;
            kernels.adamW(
                    clip,
                    rates.get(0) * piece.rateFactor,
                    options.beta1(),
                    options.beta2(),
                    options.epsilon(),
                    piece.weightDecay,
                    ps,
                    po + piece.offset,
                    gs,
                    go + piece.offset,
                    ms,
                    mo + piece.offset,
                    vs,
                    vo + piece.offset,
                    piece.length);
        };
        return () -> {
            if (Float.isFinite(norms.get(0))) {
                workers.run(pieces.length, body);
            }
        };
    }

    private static Piece[] pieces(List<AdamWOptions.Segment> segments) {
        List<Piece> pieces = new ArrayList<>();
        for (AdamWOptions.Segment segment : segments) {
            for (long from = 0; from < segment.length(); from += PIECE) {
                pieces.add(new Piece(
                        (int) (segment.offset() + from),
                        (int) Math.min(PIECE, segment.length() - from),
                        segment.rateFactor(),
                        segment.weightDecay()));
            }
        }
        return pieces.toArray(Piece[]::new);
    }
}
