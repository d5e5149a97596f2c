package org.jelectra.cli.predict;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.inference.TextRegressor;

/** Numbers of texts. */
final class RegressorRows implements RowModel {

    private final TextRegressor regressor;

    RegressorRows(TextRegressor regressor) {
        this.regressor = regressor;
    }

    @Override
    public List<String> columns() {
        return List.of("prediction");
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
        List<Double> scores =
                regressor.scores(rows.stream().map(PairRows::input).toList());
        List<RowPrediction> predictions = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            JsonObject json = new JsonObject();
            json.addProperty("prediction", scores.get(i));
            String number = RowPrediction.number(scores.get(i));
            predictions.add(
                    new RowPrediction(json, List.of(List.of(number)), number + "  " + PairRows.readable(rows.get(i))));
        }
        return predictions;
    }

    @Override
    public void close() {
        regressor.close();
    }
}
