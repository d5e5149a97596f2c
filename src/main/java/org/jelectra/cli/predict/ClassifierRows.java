package org.jelectra.cli.predict;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jelectra.cli.console.DisplayWidth;
import org.jelectra.inference.Classification;
import org.jelectra.inference.TextClassifier;
import org.jelectra.inference.TextInput;

/** Labels of texts: the likeliest one, or those that are likelier than a threshold where there may be any number. */
final class ClassifierRows extends PairRows<Classification> {

    private static final double THRESHOLD = 0.5;

    private final TextClassifier classifier;
    private final double threshold;
    private final int width;

    /** @param threshold where there may be any number of labels; null: 1/2 */
    ClassifierRows(TextClassifier classifier, Double threshold) {
        this.classifier = classifier;
        this.threshold = threshold == null ? THRESHOLD : threshold;
        width = classifier.labels().stream().mapToInt(DisplayWidth::of).max().orElse(0);
    }

    @Override
    public List<String> columns() {
        return columns(classifier.labels());
    }

    @Override
    List<Classification> find(List<TextInput> texts) {
        return classifier.classify(texts);
    }

    @Override
    RowPrediction prediction(InputRow row, Classification found) {
        return classifier.givesAnyNumber() ? anyNumber(row, found) : likeliest(row, found);
    }

    private RowPrediction likeliest(InputRow row, Classification found) {
        Classification.Candidate best = found.best();
        return new RowPrediction(
                () -> {
                    JsonObject json = new JsonObject();
                    json.addProperty("prediction", best.label());
                    json.addProperty("probability", best.probability());
                    return withProbabilities(json, found);
                },
                () -> cells(best.label(), found),
                () -> {
                    String padding = " ".repeat(width - DisplayWidth.of(best.label()));
                    String label = best.label() + padding + "  " + RowPrediction.number(best.probability());
                    return label + "  " + readable(row);
                });
    }

    private RowPrediction anyNumber(InputRow row, Classification found) {
        return new RowPrediction(
                () -> {
                    JsonArray names = new JsonArray();
                    found.above(threshold).forEach(names::add);
                    JsonObject json = new JsonObject();
                    json.add("prediction", names);
                    return withProbabilities(json, found);
                },
                () -> cells(String.join("|", found.above(threshold)), found),
                () -> {
                    String labels = found.candidates().stream()
                            .filter(candidate -> candidate.probability() > threshold)
                            .map(candidate -> candidate.label() + " " + RowPrediction.number(candidate.probability()))
                            .collect(Collectors.joining(", "));
                    return (labels.isEmpty() ? "no label" : labels) + "  " + readable(row);
                });
    }

    private static JsonObject withProbabilities(JsonObject json, Classification found) {
        JsonObject probabilities = new JsonObject();
        for (Classification.Candidate candidate : found.candidates()) {
            probabilities.addProperty(candidate.label(), candidate.probability());
        }
        json.add("probabilities", probabilities);
        return json;
    }

    private static List<List<String>> cells(String prediction, Classification found) {
        List<String> cells = new ArrayList<>(List.of(prediction));
        for (Classification.Candidate candidate : found.candidates()) {
            cells.add(RowPrediction.number(candidate.probability()));
        }
        return List.of(cells);
    }

    @Override
    long truncated() {
        return classifier.truncated();
    }

    @Override
    int maxLength() {
        return classifier.maxLength();
    }

    @Override
    public void close() {
        classifier.close();
    }
}
