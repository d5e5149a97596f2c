package org.jelectra.cli.predict;

import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.util.List;
import org.jelectra.inference.TextInput;
import org.jelectra.inference.TextRegressor;

/** Numbers of texts. */
final class RegressorRows extends PairRows<Double> {

    private final TextRegressor regressor;

    RegressorRows(TextRegressor regressor) {
        this.regressor = regressor;
    }

    @Override
    public List<String> columns() {
        return List.of("prediction");
    }

    @Override
    List<Double> find(List<TextInput> texts) {
        return regressor.scores(texts);
    }

    @Override
    RowPrediction prediction(InputRow row, Double score) {
        return new RowPrediction(
                () -> {
                    JsonObject json = new JsonObject();
                    json.addProperty("prediction", new BigDecimal(number(score)));
                    return json;
                },
                () -> List.of(List.of(number(score))),
                () -> number(score) + "  " + readable(row));
    }

    /** Digits beyond those of float32 are none of the model's. */
    private static String number(Double score) {
        return new BigDecimal(Float.toString(score.floatValue())).toPlainString();
    }

    @Override
    long truncated() {
        return regressor.truncated();
    }

    @Override
    int maxLength() {
        return regressor.maxLength();
    }

    @Override
    public void close() {
        regressor.close();
    }
}
