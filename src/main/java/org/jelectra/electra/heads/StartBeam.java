package org.jelectra.electra.heads;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jelectra.autograd.Tape;
import org.jelectra.backend.Backend;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * The likeliest starts of an answer in each sequence, found on the host. Only positions of the context are taken: the original
 * code also spends places of the beam on [CLS] and [SEP], of which no answer can come.
 */
final class StartBeam {

    private final Backend backend;
    private final Tensor logits;
    private final AnswerPositions positions;
    private final List<Tensor> rows = new ArrayList<>();
    private final float[] scores;
    private final int[] open;
    private final int[] ranks;
    private final int[][] chosen;

    /**
     * Records the search.
     *
     * @param logits start logits [B*S,1]
     * @param size starts of each sequence
     */
    StartBeam(Backend backend, Tape tape, Tensor logits, AnswerPositions positions, int batch, int size) {
        this.backend = backend;
        this.logits = logits;
        this.positions = positions;
        scores = new float[logits.shape().rows()];
        open = new int[scores.length];
        ranks = new int[scores.length];
        chosen = new int[size][batch];
        for (int k = 0; k < size; k++) {
            rows.add(tape.tensor("startRows", DType.INT32, batch));
        }
        List<Tensor> tensors = new ArrayList<>(rows);
        tensors.addAll(List.of(logits, positions.allowed()));
        tape.record("startBeam", tensors, () -> this::search);
    }

    private void search() {
        backend.download(logits, scores, 0);
        backend.download(positions.allowed(), open, 0);
        Arrays.fill(ranks, -1);
        int batch = chosen[0].length;
        int length = scores.length / batch;
        for (int sequence = 0; sequence < batch; sequence++) {
            int[] best = best(sequence * length, (sequence + 1) * length);
            for (int k = 0; k < chosen.length; k++) {
                // where there are fewer starts the first token takes the place; nobody reads what comes of it
                chosen[k][sequence] = k < best.length ? best[k] : sequence * length;
                if (k < best.length) {
                    ranks[best[k]] = k;
                }
            }
        }
        for (int k = 0; k < chosen.length; k++) {
            backend.upload(chosen[k], 0, rows.get(k));
        }
    }

    /** Rows of the largest scores that are open, the earlier of equal ones first, without the first token's. */
    private int[] best(int from, int to) {
        Integer[] order = new Integer[to - from - 1];
        Arrays.setAll(order, i -> from + 1 + i);
        return Arrays.stream(order)
                .filter(row -> open[row] != 0)
                .sorted(Comparator.comparingDouble(row -> -scores[row]))
                .limit(chosen.length)
                .mapToInt(row -> row)
                .toArray();
    }

    /** INT32 [B]: row of each sequence's k-th best start among all tokens. */
    Tensor rows(int k) {
        return rows.get(k);
    }

    /** Which start of its sequence a token was in the latest search, from 0; -1 where it was none. */
    int rank(int row) {
        return ranks[row];
    }
}
