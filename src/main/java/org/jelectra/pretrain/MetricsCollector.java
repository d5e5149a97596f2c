package org.jelectra.pretrain;

import org.jelectra.backend.Backend;
import org.jelectra.electra.PretrainingGraph;
import org.jelectra.electra.PretrainingOptions;
import org.jelectra.tensor.Tensor;
import org.jelectra.text.Batch;

/** Sums up what the graphs of some steps computed. Losses are means over tokens, not over batches. */
final class MetricsCollector {

    /** What was added up; exact, so that a resumed run logs the very numbers of an uninterrupted one. */
    record Sums(
            double generatorLoss,
            double discriminatorLoss,
            double generatorHits,
            double sampledHits,
            double masked,
            double tokens,
            boolean hasDiscriminator) {}

    private final Backend backend;
    private final PretrainingOptions options;
    private final BinaryMetrics discriminator = new BinaryMetrics();
    private final float[] scalar = new float[1];
    private float[] correct = new float[0];
    private int[] sampled = new int[0];
    private float[] logits = new float[0];
    private int[] labels = new int[0];
    private double generatorLoss;
    private double discriminatorLoss;
    private double generatorHits;
    private double sampledHits;
    private double masked;
    private double tokens;
    private boolean hasDiscriminator;

    MetricsCollector(Backend backend, PretrainingOptions options) {
        this.backend = backend;
        this.options = options;
    }

    /**
     * Adds what a graph computed on some rows of a batch.
     *
     * @param firstRow row of the batch that is the graph's row 0
     * @return the total loss of these rows: their part of the batch's mean
     */
    double add(PretrainingGraph graph, Batch batch, int firstRow) {
        double generatorPart = scalar(graph.generatorLoss());
        generatorLoss += generatorPart * batch.maskedCount;
        addGuesses(graph, batch, firstRow);
        double total = options.generatorWeight() * generatorPart;
        if (graph.discriminatorLoss() != null) {
            hasDiscriminator = true;
            double discriminatorPart = scalar(graph.discriminatorLoss());
            discriminatorLoss += discriminatorPart * batch.tokenCount;
            addTokens(graph, batch, firstRow);
            total += options.discriminatorWeight() * discriminatorPart;
        }
        return total;
    }

    private void addGuesses(PretrainingGraph graph, Batch batch, int firstRow) {
        int count = (int) graph.correct().size();
        if (correct.length != count) {
            correct = new float[count];
            sampled = new int[count];
        }
        backend.download(graph.correct(), correct, 0);
        backend.download(graph.sampled(), sampled, 0);
        int from = firstRow * batch.slots();
        for (int i = 0; i < count; i++) {
            float weight = batch.maskedWeights[from + i];
            masked += weight;
            generatorHits += weight * correct[i];
            sampledHits += sampled[i] == batch.maskedLabels[from + i] ? weight : 0;
        }
    }

    private void addTokens(PretrainingGraph graph, Batch batch, int firstRow) {
        int count = (int) graph.discriminatorLogits().size();
        if (logits.length != count) {
            logits = new float[count];
            labels = new int[count];
        }
        backend.download(graph.discriminatorLogits(), logits, 0);
        backend.download(graph.discriminatorLabels(), labels, 0);
        int from = firstRow * batch.sequenceLength();
        for (int i = 0; i < count; i++) {
            if (batch.attentionMask[from + i] != 0) {
                tokens++;
                discriminator.add(logits[i], labels[i] != 0);
            }
        }
    }

    private double scalar(Tensor tensor) {
        backend.download(tensor, scalar, 0);
        return scalar[0];
    }

    /** The metrics of everything added since the last {@link #clear}. */
    ModelMetrics metrics() {
        double generator = generatorLoss / masked;
        if (!hasDiscriminator) {
            return ModelMetrics.ofMaskedLm(generator, generatorHits / masked);
        }
        double detection = discriminatorLoss / tokens;
        return ModelMetrics.of(
                options.generatorWeight() * generator + options.discriminatorWeight() * detection,
                generator,
                generatorHits / masked,
                sampledHits / masked,
                detection,
                discriminator);
    }

    /** The sums so far. Together with {@link #predictions()} they are the collector's whole state. */
    Sums sums() {
        return new Sums(generatorLoss, discriminatorLoss, generatorHits, sampledHits, masked, tokens, hasDiscriminator);
    }

    /** The discriminator's predictions so far. */
    BinaryMetrics predictions() {
        return discriminator;
    }

    /** Takes up sums that another collector had; its predictions are to be added to {@link #predictions()}. */
    void restore(Sums sums) {
        clear();
        generatorLoss = sums.generatorLoss;
        discriminatorLoss = sums.discriminatorLoss;
        generatorHits = sums.generatorHits;
        sampledHits = sums.sampledHits;
        masked = sums.masked;
        tokens = sums.tokens;
        hasDiscriminator = sums.hasDiscriminator;
    }

    void clear() {
        discriminator.clear();
        generatorLoss = 0;
        discriminatorLoss = 0;
        generatorHits = 0;
        sampledHits = 0;
        masked = 0;
        tokens = 0;
    }
}
