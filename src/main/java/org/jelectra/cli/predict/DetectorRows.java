package org.jelectra.cli.predict;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import org.jelectra.cli.console.TokenView;
import org.jelectra.electra.TokenProbability;
import org.jelectra.inference.ReplacedTokenDetector;

/** The probability of every token of a text that it was replaced; the table has a line for each of them. */
final class DetectorRows implements RowModel {

    private final ReplacedTokenDetector detector;
    private final TokenView view;

    DetectorRows(ReplacedTokenDetector detector, TokenView view) {
        this.detector = detector;
        this.view = view;
    }

    @Override
    public List<String> columns() {
        return List.of("token", "probability");
    }

    @Override
    public InputRow plain(String line, String where) {
        return InputRow.of(line, null);
    }

    @Override
    public InputRow json(JsonRow row) throws IOException {
        return new InputRow(row.id(), row.text(), null, null);
    }

    @Override
    public List<RowPrediction> predict(List<InputRow> rows) {
        return detector.detect(rows.stream().map(InputRow::first).toList()).stream()
                .map(found -> new RowPrediction(() -> json(found), () -> table(found), () -> readable(found)))
                .toList();
    }

    private static JsonObject json(List<TokenProbability> found) {
        JsonArray tokens = new JsonArray();
        for (TokenProbability token : found) {
            JsonObject json = new JsonObject();
            json.addProperty("token", token.token());
            json.addProperty("probability", token.probability());
            tokens.add(json);
        }
        JsonObject json = new JsonObject();
        json.add("tokens", tokens);
        return json;
    }

    private static List<List<String>> table(List<TokenProbability> found) {
        return found.stream()
                .map(token -> List.of(token.token(), RowPrediction.number(token.probability())))
                .toList();
    }

    private String readable(List<TokenProbability> found) {
        String readable = "\n" + view.render(found);
        return readable.substring(0, readable.length() - 1);
    }

    @Override
    public void close() {
        detector.close();
    }
}
