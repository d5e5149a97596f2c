package org.jelectra.finetune.squad;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jelectra.inference.squad.PredictedAnswer;
import org.jelectra.inference.squad.SquadQuestion;

/**
 * The official metrics of answers to a file's questions, as fractions: exact match and F1, the best over several gold answers,
 * averaged over the questions; the same after a threshold on "no answer"; and the thresholds that would have been best.
 */
final class SquadScores {

    private final boolean[] answerable;
    private final double[] exact;
    private final double[] f1;
    private final double[] nullOdds;
    private final String[] predictions;

    /** @param answers of the questions, in the same order */
    SquadScores(List<SquadQuestion> questions, List<PredictedAnswer> answers) {
        if (questions.size() != answers.size() || questions.isEmpty()) {
            throw new IllegalArgumentException("expected an answer to each of at least one question, got "
                    + answers.size() + " for " + questions.size());
        }
        int size = questions.size();
        answerable = new boolean[size];
        exact = new double[size];
        f1 = new double[size];
        nullOdds = new double[size];
        predictions = new String[size];
        for (int i = 0; i < size; i++) {
            SquadQuestion question = questions.get(i);
            String predicted = answers.get(i).text();
            answerable[i] = question.isAnswerable();
            for (String gold : AnswerText.gold(question)) {
                exact[i] = Math.max(exact[i], AnswerText.exact(gold, predicted));
                f1[i] = Math.max(f1[i], AnswerText.f1(gold, predicted));
            }
            nullOdds[i] = answers.get(i).nullOdds();
            predictions[i] = predicted;
        }
    }

    /** Exact match of one question, without a threshold. */
    double exact(int question) {
        return exact[question];
    }

    /** F1 of one question, without a threshold. */
    double f1(int question) {
        return f1[question];
    }

    /** {@code exact} and {@code f1} without a threshold: what SQuAD 1.1 reports. */
    Map<String, Double> raw() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("exact", mean(exact, null));
        values.put("f1", mean(f1, null));
        return values;
    }

    /**
     * {@code exact} and {@code f1} where answers whose odds of "no answer" exceed the threshold count as none; the same of the
     * questions with an answer ({@code has_ans_}) and without ({@code no_ans_}), where there are any.
     */
    Map<String, Double> at(double threshold) {
        double[] thresholdedExact = thresholded(exact, threshold);
        double[] thresholdedF1 = thresholded(f1, threshold);
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("exact", mean(thresholdedExact, null));
        values.put("f1", mean(thresholdedF1, null));
        for (boolean has : new boolean[] {true, false}) {
            double part = mean(thresholdedExact, has);
            if (!Double.isNaN(part)) {
                values.put(has ? "has_ans_exact" : "no_ans_exact", part);
                values.put(has ? "has_ans_f1" : "no_ans_f1", mean(thresholdedF1, has));
            }
        }
        return values;
    }

    /**
     * {@code best_exact}, {@code best_exact_threshold}, {@code best_f1} and {@code best_f1_threshold}. Where "none" to every question is
     * best, the threshold is 0, as the official script's, if that is below all odds, else the next number below the lowest of them.
     */
    Map<String, Double> best() {
        Map<String, Double> values = new LinkedHashMap<>();
        best("exact", exact, values);
        best("f1", f1, values);
        return values;
    }

    /** Whether all answers are the same, or all none, although some questions have an answer and others have not. */
    boolean isDegenerate(double threshold) {
        Set<String> given = new HashSet<>();
        int gold = 0;
        for (int i = 0; i < exact.length; i++) {
            given.add(nullOdds[i] > threshold ? "" : predictions[i]);
            gold += answerable[i] ? 0 : 1;
        }
        return given.size() == 1 && gold > 0 && gold < exact.length;
    }

    // As in the official script: from "none of them" on, the questions join in the order of their odds.
    private void best(String name, double[] scores, Map<String, Double> values) {
        Integer[] order = new Integer[scores.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> nullOdds[i]));
        double current = 0;
        for (boolean has : answerable) {
            current += has ? 0 : 1;
        }
        double best = current;
        double threshold = Math.min(0, Math.nextDown(nullOdds[order[0]]));
        for (int i : order) {
            current += answerable[i] ? scores[i] : predictions[i].isEmpty() ? 0 : -1;
            if (current > best) {
                best = current;
                threshold = nullOdds[i];
            }
        }
        values.put("best_" + name, best / scores.length);
        values.put("best_" + name + "_threshold", threshold);
    }

    private double[] thresholded(double[] scores, double threshold) {
        double[] result = scores.clone();
        for (int i = 0; i < result.length; i++) {
            if (nullOdds[i] > threshold) {
                result[i] = answerable[i] ? 0 : 1;
            }
        }
        return result;
    }

    private double mean(double[] scores, Boolean has) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < scores.length; i++) {
            if (has == null || answerable[i] == has) {
                sum += scores[i];
                count++;
            }
        }
        return sum / count;
    }
}
