package org.jelectra.cli.predict;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.console.DisplayWidth;
import org.jelectra.inference.Classification;
import org.jelectra.inference.TextClassifier;
import org.jelectra.inference.TextInput;

/** Labels of texts. */
final class ClassifierRows extends PairRows<Classification> {

    private final TextClassifier classifier;
    private final int width;

    ClassifierRows(TextClassifier classifier) {
        this.classifier = classifier;
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
        Classification.Candidate best = found.best();
        JsonObject probabilities = new JsonObject();
        List<String> cells = new ArrayList<>(List.of(best.label()));
        for (Classification.Candidate candidate : found.candidates()) {
            probabilities.addProperty(candidate.label(), candidate.probability());
            cells.add(RowPrediction.number(candidate.probability()));
        }
        JsonObject json = new JsonObject();
        json.addProperty("prediction", best.label());
        json.addProperty("probability", best.probability());
        json.add("probabilities", probabilities);
        String padding = " ".repeat(width - DisplayWidth.of(best.label()));
        String readable =
                best.label() + padding + "  " + RowPrediction.number(best.probability()) + "  " + readable(row);
        return new RowPrediction(json, List.of(cells), readable);
    }

    @Override
    public void close() {
        classifier.close();
    }
}
