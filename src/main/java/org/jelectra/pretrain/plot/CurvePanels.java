package org.jelectra.pretrain.plot;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.StepMetrics;

/** Which metrics the picture of a run shows, in which panel and unit. */
final class CurvePanels {

    private CurvePanels() {}

    static List<CurvePanel> of(List<StepMetrics> steps) {
        return List.of(
                model("Generator loss", "nats per masked token", steps, ModelMetrics::generatorLoss),
                model("Discriminator loss", "nats per token", steps, ModelMetrics::discriminatorLoss),
                model("Main network loss", "nats per prediction", steps, ModelMetrics::mainLoss),
                model("Generator reward", "nats per masked token", steps, ModelMetrics::generatorReward),
                model("Generator accuracy", "% of masked tokens", steps, metrics -> 100 * metrics.generatorAccuracy()),
                model("Main network accuracy", "% of predictions", steps, metrics -> 100 * metrics.mainAccuracy()),
                model("Discriminator AUC", "0.5 is guessing, 1 is perfect", steps, ModelMetrics::discriminatorAuc),
                found(steps),
                run("Learning rate", "thousandths", steps, step -> 1000 * step.learningRate())
                        .fromZero(),
                run("Gradient norm before clipping", "norm", steps, StepMetrics::gradientNorm)
                        .fromZero(),
                run("Speed", "tokens per second", steps, StepMetrics::tokensPerSecond)
                        .fromZero());
    }

    private static CurvePanel model(
            String title, String unit, List<StepMetrics> steps, ToDoubleFunction<ModelMetrics> value) {
        return new CurvePanel(title, unit)
                .line("training", steps, step -> value.applyAsDouble(step.training()))
                .markers("held-out", steps, ifEvaluated(value));
    }

    // Accuracy alone misleads: calling every token original is right for 85 % of them and more.
    private static CurvePanel found(List<StepMetrics> steps) {
        return new CurvePanel("Replaced tokens", "%, training and held-out")
                .line("recall", steps, step -> 100 * step.training().discriminatorRecall())
                .markers("held-out", steps, ifEvaluated(metrics -> 100 * metrics.discriminatorRecall()))
                .line("precision", steps, step -> 100 * step.training().discriminatorPrecision())
                .markers("held-out ", steps, ifEvaluated(metrics -> 100 * metrics.discriminatorPrecision()))
                .line("share of tokens", steps, step -> 100 * step.training().replacedFraction());
    }

    private static CurvePanel run(
            String title, String unit, List<StepMetrics> steps, ToDoubleFunction<StepMetrics> value) {
        return new CurvePanel(title, unit).line("training", steps, value);
    }

    private static ToDoubleFunction<StepMetrics> ifEvaluated(ToDoubleFunction<ModelMetrics> value) {
        return step -> step.evaluation() == null ? Double.NaN : value.applyAsDouble(step.evaluation());
    }
}
