package org.jelectra.cli.predict;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.inference.Classification;
import org.jelectra.inference.MultiLabelClassifier;
import org.jelectra.inference.TextInput;

/** Those labels of texts that are likelier than a threshold. */
final class MultiLabelRows extends PairRows<Classification> {

    private static final double THRESHOLD = 0.5;

    private final MultiLabelClassifier classifier;
    private final double threshold;

    /** @param threshold null: 1/2 */
    MultiLabelRows(MultiLabelClassifier classifier, Double threshold) {
        this.classifier = classifier;
        this.threshold = threshold == null ? THRESHOLD : threshold;
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
        List<String> given = found.above(threshold);
        JsonArray names = new JsonArray();
        given.forEach(names::add);
        JsonObject probabilities = new JsonObject();
        List<String> cells = new ArrayList<>(List.of(String.join("|", given)));
        List<String> shown = new ArrayList<>();
        for (Classification.Candidate candidate : found.candidates()) {
            String probability = RowPrediction.number(candidate.probability());
            probabilities.addProperty(candidate.label(), candidate.probability());
            cells.add(probability);
            if (given.contains(candidate.label())) {
                shown.add(candidate.label() + " " + probability);
            }
        }
        JsonObject json = new JsonObject();
        json.add("prediction", names);
        json.add("probabilities", probabilities);
        String labels = shown.isEmpty() ? "no label" : String.join(", ", shown);
        return new RowPrediction(json, List.of(cells), labels + "  " + readable(row));
    }

    @Override
    public void close() {
        classifier.close();
    }
}
