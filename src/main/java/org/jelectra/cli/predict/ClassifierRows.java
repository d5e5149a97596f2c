package org.jelectra.cli.predict;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.console.DisplayWidth;
import org.jelectra.inference.Classification;
import org.jelectra.inference.TextClassifier;

/** Labels of texts. */
final class ClassifierRows implements RowModel {

    private final TextClassifier classifier;
    private final int width;

    ClassifierRows(TextClassifier classifier) {
        this.classifier = classifier;
        width = classifier.labels().stream().mapToInt(DisplayWidth::of).max().orElse(0);
    }

    @Override
    public List<String> columns() {
        List<String> columns = new ArrayList<>(List.of("prediction"));
        classifier.labels().forEach(label -> columns.add("probability " + label));
        return columns;
    }

    @Override
    public InputRow plain(String line, String where) throws IOException {
        return PairRows.plain(line, where);
    }

    @Override
    public InputRow json(JsonRow row) throws IOException {
        return PairRows.json(row);
    }

    @Override
    public List<RowPrediction> predict(List<InputRow> rows) {
        List<Classification> found =
                classifier.classify(rows.stream().map(PairRows::input).toList());
        List<RowPrediction> predictions = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            predictions.add(prediction(rows.get(i), found.get(i)));
        }
        return predictions;
    }

    private RowPrediction prediction(InputRow row, Classification found) {
        Classification.Candidate best = found.best();
        JsonObject probabilities = new JsonObject();
        List<String> cells = new ArrayList<>(List.of(best.label()));
        for (Classification.Candidate candidate : found.labels()) {
            probabilities.addProperty(candidate.label(), candidate.probability());
            cells.add(RowPrediction.number(candidate.probability()));
        }
        JsonObject json = new JsonObject();
        json.addProperty("prediction", best.label());
        json.addProperty("probability", best.probability());
        json.add("probabilities", probabilities);
        String padding = " ".repeat(width - DisplayWidth.of(best.label()));
        String readable = best.label() + padding + "  " + RowPrediction.number(best.probability()) + "  "
                + PairRows.readable(row);
        return new RowPrediction(json, List.of(cells), readable);
    }

    @Override
    public void close() {
        classifier.close();
    }
}
