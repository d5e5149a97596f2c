package org.jelectra.pretrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Training cannot go on, because something is not a finite number any more; the weights are those before the step. */
public final class TrainingDivergedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** More numbers make the line unreadable; {@link #records()} has all of them. */
    private static final int RECORDS_SHOWN = 4;

    private final int step;
    private final String tensor;
    private final ArrayList<String> weights;
    private final boolean weightsAreFinite;
    private final int[] records;

    /**
     * @param step the step that failed, from 1
     * @param what what is not finite
     * @param tensor the first offending tensor and where it arises; null where there was none when the step was repeated
     * @param weights names of the weights in the operation where it arises
     * @param weightsAreFinite whether only the step failed
     * @param records which sequences of the training data the batch holds; none where no batch is at fault
     */
    TrainingDivergedException(
            int step, String what, String tensor, List<String> weights, boolean weightsAreFinite, int[] records) {
        super(what + " at step " + step
                + (tensor == null
                        ? ", and not when the step was computed once more" + shown(records)
                                + ". The device or one of its kernels is at fault: jelectra doctor looks for it"
                        : ", first in " + tensor + shown(records)
                                + ". Lower the learning rate or lengthen the warm-up"));
        this.step = step;
        this.tensor = tensor;
        this.weights = new ArrayList<>(weights);
        this.weightsAreFinite = weightsAreFinite;
        this.records = records.clone();
    }

    private static String shown(int[] records) {
        if (records.length == 0) {
            return "";
        }
        String numbers = Arrays.stream(records)
                .limit(RECORDS_SHOWN)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
        int more = records.length - RECORDS_SHOWN;
        return "; the batch holds the training sequences " + numbers + (more > 0 ? " and " + more + " more" : "");
    }

    /** The step that failed, from 1. */
    public int step() {
        return step;
    }

    /**
     * The first offending tensor: a weight, an activation or a gradient, and the operation that it comes from; null where there was none when
     * the step was computed once more, so that it does not depend on weights and batch alone.
     */
    public String tensor() {
        return tensor;
    }

    /** Names of all weights in the operation that {@link #tensor} names; empty where there are none. */
    public List<String> weights() {
        return List.copyOf(weights);
    }

    /** Whether the weights are those of a good model, before the step that failed; else the failure lies further back. */
    public boolean weightsAreFinite() {
        return weightsAreFinite;
    }

    /** Numbers of the sequences in the failing batch, as the data have them. */
    public int[] records() {
        return records.clone();
    }
}
