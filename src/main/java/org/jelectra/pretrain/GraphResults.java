package org.jelectra.pretrain;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Readback;
import org.jelectra.electra.MainResults;
import org.jelectra.electra.Objective;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.tensor.Tensor;

/**
 * What a graph computed for the metrics, on its way to the host: {@link #take taken} behind the graph's operations, read when the host
 * gets to it.
 */
final class GraphResults {

    private final PretrainingGraph graph;
    /** Null without a discriminator. */
    private final MainResults.Detection detection;
    /** Null where no main network predicts tokens. */
    private final MainResults.Prediction prediction;

    private final Readback sums;
    /** Null without a discriminator. */
    private final Readback predictions;

    private boolean hasPredictions;

    GraphResults(Backend backend, PretrainingGraph graph) {
        this.graph = graph;
        detection = graph.detection();
        List<Tensor> always = new ArrayList<>(List.of(graph.generatorLoss(), graph.correct()));
        if (objective().hasMainNetwork()) {
            always.add(graph.sampled());
        }
        prediction = graph.main() instanceof MainResults.Prediction tokens ? tokens : null;
        if (detection != null) {
            always.addAll(List.of(detection.loss(), detection.counts()));
        } else if (prediction != null) {
            always.addAll(List.of(prediction.loss(), prediction.correct()));
        }
        if (graph.reward() != null) {
            always.addAll(List.of(graph.reward(), graph.baselineLoss()));
        }
        sums = backend.readback(always);
        predictions = detection == null ? null : backend.readback(List.of(detection.logits(), detection.labels()));
    }

    /** What the graph was recorded for. */
    Objective objective() {
        return graph.inputs().objective();
    }

    /**
     * Takes what the graph's latest run computes.
     *
     * @param withPredictions whether the discriminator's prediction for every token, too
     */
    void take(boolean withPredictions) {
        sums.take();
        hasPredictions = withPredictions && predictions != null;
        if (hasPredictions) {
            predictions.take();
        }
    }

    /** Whether every prediction was taken. */
    boolean hasPredictions() {
        return hasPredictions;
    }

    /** Masked-LM loss. */
    double generatorLoss() {
        return floats(sums, graph.generatorLoss())[0];
    }

    /** As {@link PretrainingGraph#correct}. */
    float[] correct() {
        return floats(sums, graph.correct());
    }

    /** As {@link PretrainingGraph#sampled}; nothing is sampled without a main network. */
    int[] sampled() {
        return ints(sums, graph.sampled());
    }

    /** As {@link PretrainingGraph#reward}. */
    double reward() {
        return floats(sums, graph.reward())[0];
    }

    /** As {@link PretrainingGraph#baselineLoss}. */
    double baselineLoss() {
        return floats(sums, graph.baselineLoss())[0];
    }

    /** As {@link MainResults.Detection#counts}. */
    Confusion confusion() {
        float[] counts = floats(sums, detection.counts());
        return new Confusion((long) counts[0], (long) counts[1], (long) counts[2], (long) counts[3]);
    }

    /** Loss of the main network, whatever it is. */
    double mainLoss() {
        return floats(sums, graph.main().loss())[0];
    }

    /** As {@link MainResults.Prediction#correct}. */
    float[] mainCorrect() {
        return floats(sums, prediction.correct());
    }

    /** As {@link MainResults.Detection#logits}. */
    float[] logits() {
        return floats(predictions, detection.logits());
    }

    /** As {@link MainResults.Detection#labels}. */
    int[] labels() {
        return ints(predictions, detection.labels());
    }

    private static float[] floats(Readback from, Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        from.read(tensor, values);
        return values;
    }

    private static int[] ints(Readback from, Tensor tensor) {
        int[] values = new int[(int) tensor.size()];
        from.read(tensor, values);
        return values;
    }
}
