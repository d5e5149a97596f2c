package org.jelectra.pretrain;

import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.LossOptions;
import org.jelectra.electra.Objective;
import org.jelectra.text.batch.Batch;

/** Sums up what the graphs of some steps computed. Losses are means over tokens, not over batches. */
final class MetricsCollector {

    /** What is added up; exact, so that a resumed run logs the very numbers of an uninterrupted one. Snapshots have these names. */
    static final class Sums {
        private double generatorLoss;
        private double discriminatorLoss;
        private double generatorHits;
        private double sampledHits;
        private double masked;
        private Confusion discriminator = Confusion.NONE;
        private double reward;
        private double baselineLoss;
        private TokenPredictions main = TokenPredictions.NONE;

        private Sums copy() {
            Sums copy = new Sums();
            copy.generatorLoss = generatorLoss;
            copy.discriminatorLoss = discriminatorLoss;
            copy.generatorHits = generatorHits;
            copy.sampledHits = sampledHits;
            copy.masked = masked;
            copy.discriminator = discriminator;
            copy.reward = reward;
            copy.baselineLoss = baselineLoss;
            copy.main = main;
            return copy;
        }
    }

    private final LossOptions options;
    private final boolean hasDiscriminator;
    private final boolean isAdversarial;
    private final BinaryMetrics predictions = new BinaryMetrics();
    private Sums sums = new Sums();

    MetricsCollector(PretrainSettings settings) {
        options = settings.losses();
        hasDiscriminator = settings.model().objective().hasDiscriminator();
        isAdversarial = settings.model().generatorTraining() == GeneratorTraining.ADVERSARIAL;
    }

    /**
     * Adds what a graph computed on some rows of a batch.
     *
     * @param firstRow row of the batch that is the graph's row 0
     * @return the total loss of these rows: their part of the batch's mean
     */
    double add(GraphResults results, Batch batch, int firstRow) {
        double generatorPart = results.generatorLoss();
        sums.generatorLoss += generatorPart * batch.maskedCount;
        if (isAdversarial) {
            sums.reward += results.reward() * batch.maskedCount;
            sums.baselineLoss += results.baselineLoss() * batch.maskedCount;
        }
        addGuesses(results, batch, firstRow);
        double total = options.generatorWeight() * generatorPart;
        if (!results.objective().hasMainNetwork()) {
            return total;
        }
        addSamples(results, batch, firstRow);
        if (hasDiscriminator) {
            addDetection(results, batch, firstRow);
        } else {
            sums.main = sums.main.plus(TokenPredictions.of(results, batch, firstRow));
        }
        return total + options.discriminatorWeight() * results.mainLoss();
    }

    private void addGuesses(GraphResults results, Batch batch, int firstRow) {
        float[] correct = results.correct();
        int from = firstRow * batch.slots();
        for (int i = 0; i < correct.length; i++) {
            float weight = batch.maskedWeights[from + i];
            sums.masked += weight;
            sums.generatorHits += weight * correct[i];
        }
    }

    private void addSamples(GraphResults results, Batch batch, int firstRow) {
        int[] sampled = results.sampled();
        int from = firstRow * batch.slots();
        for (int i = 0; i < sampled.length; i++) {
            sums.sampledHits += sampled[i] == batch.maskedLabels[from + i] ? batch.maskedWeights[from + i] : 0;
        }
    }

    private void addDetection(GraphResults results, Batch batch, int firstRow) {
        boolean selected = results.objective() == Objective.ELECTRA_15;
        sums.discriminatorLoss += results.mainLoss() * (selected ? batch.distinctMaskedCount() : batch.tokenCount);
        sums.discriminator = sums.discriminator.plus(results.confusion());
        if (!results.hasPredictions()) {
            return;
        }
        if (selected) {
            addSelected(results, batch, firstRow);
        } else {
            addAll(results, batch, firstRow);
        }
    }

    private void addAll(GraphResults results, Batch batch, int firstRow) {
        float[] logits = results.logits();
        int[] labels = results.labels();
        int from = firstRow * batch.sequenceLength();
        for (int i = 0; i < logits.length; i++) {
            if (batch.attentionMask[from + i] != 0) {
                predictions.add(logits[i], labels[i] != 0);
            }
        }
    }

    private void addSelected(GraphResults results, Batch batch, int firstRow) {
        float[] logits = results.logits();
        int[] labels = results.labels();
        int from = firstRow * batch.sequenceLength();
        int slots = logits.length / batch.sequenceLength() * batch.slots();
        int before = -1;
        for (int slot = firstRow * batch.slots(); slot < firstRow * batch.slots() + slots; slot++) {
            int at = batch.maskedRows[slot] - from;
            if (batch.maskedWeights[slot] > 0 && at != before) {
                predictions.add(logits[at], labels[at] != 0);
                before = at;
            }
        }
    }

    /** The metrics of everything added since the last {@link #clear}. */
    ModelMetrics metrics() {
        double generator = sums.generatorLoss / sums.masked;
        if (hasDiscriminator) {
            double detection = sums.discriminatorLoss / sums.discriminator.count();
            ModelMetrics metrics = ModelMetrics.of(
                    options.generatorWeight() * generator + options.discriminatorWeight() * detection,
                    generator,
                    sums.generatorHits / sums.masked,
                    sums.sampledHits / sums.masked,
                    detection,
                    sums.discriminator,
                    predictions.auc());
            return isAdversarial
                    ? metrics.withPolicy(sums.reward / sums.masked, sums.baselineLoss / sums.masked)
                    : metrics;
        }
        if (sums.main.count() > 0) {
            return ModelMetrics.ofTokenPrediction(
                    options.generatorWeight() * generator + options.discriminatorWeight() * sums.main.loss(),
                    generator,
                    sums.generatorHits / sums.masked,
                    sums.sampledHits / sums.masked,
                    sums.main.replacedFraction(),
                    sums.main.loss(),
                    sums.main.accuracy());
        }
        return ModelMetrics.ofMaskedLm(generator, sums.generatorHits / sums.masked);
    }

    /** The sums so far. Together with {@link #predictions()} they are the collector's whole state. */
    Sums sums() {
        return sums.copy();
    }

    /** How often the discriminator was right and wrong so far. */
    Confusion confusion() {
        return sums.discriminator;
    }

    /** Those of the discriminator's predictions so far that were taken one by one. */
    BinaryMetrics predictions() {
        return predictions;
    }

    /** Takes up sums that another collector had; its predictions are to be added to {@link #predictions()}. */
    void restore(Sums others) {
        predictions.clear();
        sums = others.copy();
    }

    void clear() {
        restore(new Sums());
    }
}
