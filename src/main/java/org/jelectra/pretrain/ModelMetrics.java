package org.jelectra.pretrain;

/**
 * How well generator and main network did on some text. A value that does not apply is NaN: the discriminator's where the objective
 * has none, the main network's where it is a discriminator or there is none, the reward where the generator is not adversarial, the
 * area under the curve where nothing was replaced, or everything. The discriminator's tokens are all tokens, with the objective
 * electra-15 the selected ones.
 *
 * @param totalLoss generator loss plus the weighted loss of the main network: what training minimises where the generator
 *     learns by maximum likelihood, else only its second part
 * @param generatorLoss mean cross-entropy over the masked tokens, in nats
 * @param generatorAccuracy share of masked tokens whose most probable prediction is the original
 * @param sampledAccuracy share of masked tokens whose <em>sampled</em> prediction is the original
 * @param replacedFraction share of the tokens that were replaced by another: what the discriminator has to find
 * @param discriminatorLoss mean binary cross-entropy over the tokens, in nats, without its weight
 * @param discriminatorAccuracy share of tokens classified rightly at probability 0.5
 * @param discriminatorPrecision share of right ones among the tokens called replaced
 * @param discriminatorRecall share of the replaced tokens that were found
 * @param discriminatorAuc area under the ROC curve: 0.5 is guessing, 1 perfect
 * @param mainLoss of a main network that predicts tokens: mean cross-entropy, in nats, without its weight, over the selected
 *     positions (replace-mlm) or all tokens (all-tokens-mlm)
 * @param mainAccuracy share of them whose most probable prediction is the original
 * @param generatorReward of an adversarial generator, which maximises it: the discriminator's mean binary cross-entropy over the
 *     masked tokens, in nats
 * @param baselineLoss mean binary cross-entropy of what an adversarial generator expects of its reward, in nats
 */
public record ModelMetrics(
        double totalLoss,
        double generatorLoss,
        double generatorAccuracy,
        double sampledAccuracy,
        double replacedFraction,
        double discriminatorLoss,
        double discriminatorAccuracy,
        double discriminatorPrecision,
        double discriminatorRecall,
        double discriminatorAuc,
        double mainLoss,
        double mainAccuracy,
        double generatorReward,
        double baselineLoss) {

    private static final double NONE = Double.NaN;

    /** Of nothing: no value applies. */
    static final ModelMetrics UNKNOWN = ofMaskedLm(NONE, NONE);

    /** Metrics of a step with a discriminator. */
    public static ModelMetrics of(
            double totalLoss,
            double generatorLoss,
            double generatorAccuracy,
            double sampledAccuracy,
            double discriminatorLoss,
            Confusion confusion,
            double auc) {
        return new ModelMetrics(
                totalLoss,
                generatorLoss,
                generatorAccuracy,
                sampledAccuracy,
                confusion.positiveFraction(),
                discriminatorLoss,
                confusion.accuracy(),
                confusion.precision(),
                confusion.recall(),
                auc,
                NONE,
                NONE,
                NONE,
                NONE);
    }

    /** Metrics of a step with a main network that predicts tokens. */
    public static ModelMetrics ofTokenPrediction(
            double totalLoss,
            double generatorLoss,
            double generatorAccuracy,
            double sampledAccuracy,
            double replacedFraction,
            double mainLoss,
            double mainAccuracy) {
        return new ModelMetrics(
                totalLoss,
                generatorLoss,
                generatorAccuracy,
                sampledAccuracy,
                replacedFraction,
                NONE,
                NONE,
                NONE,
                NONE,
                NONE,
                mainLoss,
                mainAccuracy,
                NONE,
                NONE);
    }

    /** These metrics with those of an adversarial generator. */
    public ModelMetrics withPolicy(double reward, double lossOfBaseline) {
        return new ModelMetrics(
                totalLoss,
                generatorLoss,
                generatorAccuracy,
                sampledAccuracy,
                replacedFraction,
                discriminatorLoss,
                discriminatorAccuracy,
                discriminatorPrecision,
                discriminatorRecall,
                discriminatorAuc,
                mainLoss,
                mainAccuracy,
                reward,
                lossOfBaseline);
    }

    /** Metrics of a step of masked-language modelling alone. */
    public static ModelMetrics ofMaskedLm(double loss, double accuracy) {
        return new ModelMetrics(loss, loss, accuracy, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE);
    }
}
