package org.jelectra.cli.predict;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.inference.Answer;
import org.jelectra.inference.ContextReader;
import org.jelectra.inference.Question;

/** Answers to questions. */
final class ReaderRows implements RowModel {

    private final ContextReader reader;
    private final String question;

    /** @param question about every text; null: each row has its own */
    ReaderRows(ContextReader reader, String question) {
        this.reader = reader;
        this.question = question;
    }

    @Override
    public List<String> columns() {
        return List.of("answer", "start", "end", "probability", "no_answer_probability", "no_answer");
    }

    @Override
    public InputRow plain(String line, String where) throws IOException {
        if (question != null) {
            return InputRow.of(question, line);
        }
        String[] cells = line.split("\t", -1);
        if (cells.length != 2) {
            throw new IOException(where + ": expected a question and a context divided by a tab, or --question, found "
                    + cells.length + (cells.length == 1 ? " column" : " columns"));
        }
        return InputRow.of(cells[0], cells[1]);
    }

    @Override
    public InputRow json(JsonRow row) throws IOException {
        return new InputRow(
                row.id(), question == null ? row.required("question") : question, row.required("context"), null);
    }

    @Override
    public List<RowPrediction> predict(List<InputRow> rows) {
        List<Answer> answers = reader.answer(rows.stream()
                .map(row -> new Question(row.first(), row.second()))
                .toList());
        List<RowPrediction> predictions = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            predictions.add(prediction(rows.get(i), answers.get(i)));
        }
        return predictions;
    }

    private static RowPrediction prediction(InputRow row, Answer answer) {
        return new RowPrediction(() -> json(row, answer), () -> List.of(cells(answer)), () -> readable(row, answer));
    }

    private static JsonObject json(InputRow row, Answer answer) {
        JsonObject json = new JsonObject();
        json.addProperty("question", row.first());
        json.addProperty("answer", answer.text());
        json.addProperty("start", answer.start());
        json.addProperty("end", answer.end());
        json.addProperty("probability", answer.probability());
        json.addProperty("no_answer_probability", answer.nullProbability());
        json.addProperty("no_answer", answer.isNull());
        return json;
    }

    private static List<String> cells(Answer answer) {
        return List.of(
                RowPrediction.line(answer.text()),
                Integer.toString(answer.start()),
                Integer.toString(answer.end()),
                RowPrediction.number(answer.probability()),
                RowPrediction.number(answer.nullProbability()),
                Boolean.toString(answer.isNull()));
    }

    private static String readable(InputRow row, Answer answer) {
        String none = RowPrediction.number(answer.nullProbability());
        String best = RowPrediction.line(answer.text()) + "  " + RowPrediction.number(answer.probability())
                + "  (characters " + answer.start() + " to " + answer.end() + ")";
        return RowPrediction.line(row.first()) + "\n  "
                + (answer.isNull() ? "no answer  " + none + (answer.text().isEmpty() ? "" : "; the best one: ") : "")
                + (answer.text().isEmpty() ? "" : best);
    }

    @Override
    public void close() {
        reader.close();
    }
}
