package org.jelectra.pretrain;

import java.util.List;
import java.util.stream.Stream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Readback;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.tensor.Tensor;

/**
 * What a graph computed for the metrics, on its way to the host: {@link #take taken} behind the graph's operations, read when the host
 * gets to it.
 */
final class GraphResults {

    private final PretrainingGraph graph;
    private final Readback sums;
    /** Null without a discriminator. */
    private final Readback predictions;

    private boolean hasPredictions;

    GraphResults(Backend backend, PretrainingGraph graph) {
        this.graph = graph;
        List<Tensor> always = Stream.of(
                        graph.generatorLoss(),
                        graph.correct(),
                        graph.sampled(),
                        graph.discriminatorLoss(),
                        graph.counts())
                .filter(tensor -> tensor != null)
                .toList();
        sums = backend.readback(always);
        predictions = hasDiscriminator()
                ? backend.readback(List.of(graph.discriminatorLogits(), graph.discriminatorLabels()))
                : null;
    }

    boolean hasDiscriminator() {
        return graph.discriminatorLoss() != null;
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

    /** As {@link PretrainingGraph#sampled}. */
    int[] sampled() {
        return ints(sums, graph.sampled());
    }

    /** Replaced-token-detection loss. */
    double discriminatorLoss() {
        return floats(sums, graph.discriminatorLoss())[0];
    }

    /** As {@link PretrainingGraph#counts}. */
    Confusion confusion() {
        float[] counts = floats(sums, graph.counts());
        return new Confusion((long) counts[0], (long) counts[1], (long) counts[2], (long) counts[3]);
    }

    /** As {@link PretrainingGraph#discriminatorLogits}. */
    float[] logits() {
        return floats(predictions, graph.discriminatorLogits());
    }

    /** As {@link PretrainingGraph#discriminatorLabels}. */
    int[] labels() {
        return ints(predictions, graph.discriminatorLabels());
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
