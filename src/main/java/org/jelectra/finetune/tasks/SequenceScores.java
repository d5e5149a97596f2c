package org.jelectra.finetune.tasks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.data.Example;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.metrics.ClassificationScore;
import org.jelectra.finetune.metrics.Correlation;
import org.jelectra.finetune.metrics.LabelScore;
import org.jelectra.finetune.metrics.MultiLabelScore;
import org.jelectra.inference.batch.SequencePredictor;

/** All metrics of a sentence task from a model's outputs. */
final class SequenceScores {

    /**
     * A regression whose outputs deviate less than this share of what the labels do learnt nothing: a model that knows little of a text
     * still deviates by its correlation times as much, since that gives the least squared error.
     */
    private static final double SPREAD = 1e-2;

    private SequenceScores() {}

    /**
     * Metrics of labelled examples.
     *
     * @param outputs logits, or one number each for regression, in units of the task's scale as the labels are
     * @param classes number of classes; not used for regression
     */
    static Evaluation of(TaskSpec spec, List<Example> examples, List<float[]> outputs, int classes) {
        return switch (spec.kind()) {
            case REGRESSION -> regression(spec, examples, outputs);
            case MULTILABEL -> multiLabel(spec, examples, outputs, classes);
            case CLASSIFICATION, TAGGING -> classification(spec, examples, outputs, classes);
        };
    }

    /**
     * Scores of each label; none of a regression.
     *
     * @param names of the labels
     */
    static List<LabelScore> labels(TaskSpec spec, List<Example> examples, List<float[]> outputs, List<String> names) {
        return switch (spec.kind()) {
            case REGRESSION, TAGGING -> List.of();
            case MULTILABEL -> multiLabelScore(examples, outputs, names.size()).scores(names);
            case CLASSIFICATION ->
                classificationScore(examples, outputs, names.size()).scores(names);
        };
    }

    private static MultiLabelScore multiLabelScore(List<Example> examples, List<float[]> outputs, int labels) {
        return new MultiLabelScore(
                examples.stream().map(Example::classes).toList(),
                outputs.stream().map(SequenceScores::given).toList(),
                labels);
    }

    private static ClassificationScore classificationScore(List<Example> examples, List<float[]> outputs, int classes) {
        return new ClassificationScore(
                examples.stream().mapToInt(example -> (int) example.label()).toArray(),
                outputs.stream().mapToInt(SequencePredictor::largest).toArray(),
                classes);
    }

    /** The classes whose logit is above 0, that is whose probability is above 1/2. */
    static List<Integer> given(float[] logits) {
        return IntStream.range(0, logits.length)
                .filter(label -> logits[label] > 0)
                .boxed()
                .toList();
    }

    private static Evaluation multiLabel(TaskSpec spec, List<Example> examples, List<float[]> outputs, int classes) {
        MultiLabelScore score = multiLabelScore(examples, outputs, classes);
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("micro_f1", score.microF1());
        values.put("macro_f1", score.macroF1());
        values.put("micro_precision", score.microPrecision());
        values.put("micro_recall", score.microRecall());
        values.put("exact_match", score.exactMatch());
        double loss = 0;
        for (int i = 0; i < examples.size(); i++) {
            loss += binaryCrossEntropy(outputs.get(i), examples.get(i).classes());
        }
        values.put("loss", loss / examples.size());
        return new Evaluation(spec.metric().label(), values, score.isDegenerate());
    }

    /** Mean over the labels. */
    private static double binaryCrossEntropy(float[] logits, List<Integer> given) {
        double sum = 0;
        for (int label = 0; label < logits.length; label++) {
            double logit = logits[label];
            sum += Math.max(logit, 0) - (given.contains(label) ? logit : 0) + Math.log1p(Math.exp(-Math.abs(logit)));
        }
        return sum / logits.length;
    }

    private static Evaluation regression(TaskSpec spec, List<Example> examples, List<float[]> outputs) {
        double[] predicted = outputs.stream().mapToDouble(output -> output[0]).toArray();
        double[] wanted = examples.stream().mapToDouble(Example::label).toArray();
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("pearson", Correlation.pearson(predicted, wanted));
        values.put("spearman", Correlation.spearman(predicted, wanted));
        // in the units of the file, squared
        values.put("mean_squared_error", Correlation.meanSquaredError(predicted, wanted) * spec.scale() * spec.scale());
        boolean degenerate = !Correlation.isConstant(wanted)
                && Correlation.deviation(predicted) < SPREAD * Correlation.deviation(wanted);
        return new Evaluation(spec.metric().label(), values, degenerate);
    }

    private static Evaluation classification(
            TaskSpec spec, List<Example> examples, List<float[]> outputs, int classes) {
        ClassificationScore score = classificationScore(examples, outputs, classes);
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("accuracy", score.accuracy());
        values.put("matthews", score.matthews());
        values.put("macro_f1", score.macroF1());
        if (classes == 2) {
            values.put("f1", score.f1(1));
            values.put("precision", score.precision(1));
            values.put("recall", score.recall(1));
        }
        double loss = 0;
        for (int i = 0; i < examples.size(); i++) {
            loss += crossEntropy(outputs.get(i), (int) examples.get(i).label());
        }
        values.put("loss", loss / examples.size());
        return new Evaluation(spec.metric().label(), values, score.isDegenerate());
    }

    private static double crossEntropy(float[] logits, int label) {
        double maximum = logits[SequencePredictor.largest(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - maximum);
        }
        return maximum + Math.log(sum) - logits[label];
    }
}
