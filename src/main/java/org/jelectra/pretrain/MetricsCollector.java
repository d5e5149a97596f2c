package org.jelectra.pretrain;

import org.jelectra.electra.GeneratorTraining;
import org.jelectra.electra.Objective;
import org.jelectra.electra.PretrainingOptions;
import org.jelectra.text.batch.Batch;

/** Sums up what the graphs of some steps computed. Losses are means over tokens, not over batches. */
final class MetricsCollector {

    /** What was added up; exact, so that a resumed run logs the very numbers of an uninterrupted one. */
    record Sums(
            double generatorLoss,
            double discriminatorLoss,
            double generatorHits,
            double sampledHits,
            double masked,
            Confusion discriminator,
            double reward,
            double baselineLoss,
            TokenPredictions main) {}

    private final PretrainingOptions options;
    private final boolean hasDiscriminator;
    private final boolean isAdversarial;
    private final BinaryMetrics predictions = new BinaryMetrics();
    private double generatorLoss;
    private double discriminatorLoss;
    private double generatorHits;
    private double sampledHits;
    private double masked;
    private Confusion confusion = Confusion.NONE;
    private TokenPredictions main = TokenPredictions.NONE;
    private double reward;
    private double baselineLoss;

    MetricsCollector(PretrainSettings settings) {
        options = settings.objective();
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
        generatorLoss += generatorPart * batch.maskedCount;
        if (isAdversarial) {
            reward += results.reward() * batch.maskedCount;
            baselineLoss += results.baselineLoss() * batch.maskedCount;
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
            main = main.plus(TokenPredictions.of(results, batch, firstRow));
        }
        return total + options.discriminatorWeight() * results.mainLoss();
    }

    private void addGuesses(GraphResults results, Batch batch, int firstRow) {
        float[] correct = results.correct();
        int from = firstRow * batch.slots();
        for (int i = 0; i < correct.length; i++) {
            float weight = batch.maskedWeights[from + i];
            masked += weight;
            generatorHits += weight * correct[i];
        }
    }

    private void addSamples(GraphResults results, Batch batch, int firstRow) {
        int[] sampled = results.sampled();
        int from = firstRow * batch.slots();
        for (int i = 0; i < sampled.length; i++) {
            sampledHits += sampled[i] == batch.maskedLabels[from + i] ? batch.maskedWeights[from + i] : 0;
        }
    }

    private void addDetection(GraphResults results, Batch batch, int firstRow) {
        boolean selected = results.objective() == Objective.ELECTRA_15;
        discriminatorLoss += results.mainLoss() * (selected ? batch.distinctMaskedCount() : batch.tokenCount);
        confusion = confusion.plus(results.confusion());
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
        double generator = generatorLoss / masked;
        if (hasDiscriminator) {
            double detection = discriminatorLoss / confusion.count();
            ModelMetrics metrics = ModelMetrics.of(
                    options.generatorWeight() * generator + options.discriminatorWeight() * detection,
                    generator,
                    generatorHits / masked,
                    sampledHits / masked,
                    detection,
                    confusion,
                    predictions.auc());
            return isAdversarial ? metrics.withPolicy(reward / masked, baselineLoss / masked) : metrics;
        }
        if (main.count() > 0) {
            return ModelMetrics.ofTokenPrediction(
                    options.generatorWeight() * generator + options.discriminatorWeight() * main.loss(),
                    generator,
                    generatorHits / masked,
                    sampledHits / masked,
                    main.replacedFraction(),
                    main.loss(),
                    main.accuracy());
        }
        return ModelMetrics.ofMaskedLm(generator, generatorHits / masked);
    }

    /** The sums so far. Together with {@link #predictions()} they are the collector's whole state. */
    Sums sums() {
        return new Sums(
                generatorLoss,
                discriminatorLoss,
                generatorHits,
                sampledHits,
                masked,
                confusion,
                reward,
                baselineLoss,
                main);
    }

    /** How often the discriminator was right and wrong so far. */
    Confusion confusion() {
        return confusion;
    }

    /** Those of the discriminator's predictions so far that were taken one by one. */
    BinaryMetrics predictions() {
        return predictions;
    }

    /** Takes up sums that another collector had; its predictions are to be added to {@link #predictions()}. */
    void restore(Sums sums) {
        clear();
        generatorLoss = sums.generatorLoss;
        discriminatorLoss = sums.discriminatorLoss;
        generatorHits = sums.generatorHits;
        sampledHits = sums.sampledHits;
        masked = sums.masked;
        confusion = sums.discriminator;
        main = sums.main;
        reward = sums.reward;
        baselineLoss = sums.baselineLoss;
    }

    void clear() {
        predictions.clear();
        generatorLoss = 0;
        discriminatorLoss = 0;
        generatorHits = 0;
        sampledHits = 0;
        masked = 0;
        confusion = Confusion.NONE;
        main = TokenPredictions.NONE;
        reward = 0;
        baselineLoss = 0;
    }
}
