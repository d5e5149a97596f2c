package org.jelectra.cli.predict;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.console.DisplayWidth;
import org.jelectra.inference.FilledMask;
import org.jelectra.inference.MaskFiller;

/** The likeliest tokens for every [MASK]; the table has a line for each of them. */
final class MaskRows implements RowModel {

    /** Tokens that are shown by default, of a vocabulary that has as many. */
    private static final int TOP = 5;

    private final MaskFiller filler;
    private final int top;

    /** @param top how many tokens for each mask; null: the default. Throws IllegalArgumentException where there are not so many. */
    MaskRows(MaskFiller filler, Integer top) {
        this.filler = filler;
        this.top = top == null ? Math.min(TOP, filler.vocabularySize()) : top;
        if (this.top < 1 || this.top > filler.vocabularySize()) {
            throw new IllegalArgumentException("--top must be 1 to " + filler.vocabularySize()
                    + ", the number of tokens in the vocabulary, got " + top);
        }
    }

    @Override
    public List<String> columns() {
        return List.of("mask", "rank", "token", "probability");
    }

    @Override
    public InputRow plain(String line, String where) throws IOException {
        return row(null, line, where);
    }

    @Override
    public InputRow json(JsonRow row) throws IOException {
        return row(row.id(), row.text(), row.where());
    }

    private static InputRow row(JsonPrimitive id, String text, String where) throws IOException {
        if (!text.contains(MaskFiller.MASK)) {
            throw new IOException(where + ": expected " + MaskFiller.MASK
                    + " in the place of each token that is to be guessed, found none");
        }
        return new InputRow(id, text, null, null);
    }

    @Override
    public List<RowPrediction> predict(List<InputRow> rows) {
        List<List<FilledMask>> found =
                filler.fill(rows.stream().map(InputRow::first).toList(), top);
        List<RowPrediction> predictions = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            predictions.add(prediction(rows.get(i), found.get(i)));
        }
        return predictions;
    }

    private static RowPrediction prediction(InputRow row, List<FilledMask> found) {
        return new RowPrediction(() -> json(found), () -> table(found), () -> readable(row, found));
    }

    private static JsonObject json(List<FilledMask> found) {
        JsonArray masks = new JsonArray();
        for (FilledMask mask : found) {
            JsonArray candidates = new JsonArray();
            for (FilledMask.Candidate candidate : mask.candidates()) {
                JsonObject json = new JsonObject();
                json.addProperty("token", candidate.token());
                json.addProperty("probability", candidate.probability());
                candidates.add(json);
            }
            JsonObject json = new JsonObject();
            json.addProperty("start", mask.start());
            json.addProperty("end", mask.end());
            json.add("candidates", candidates);
            masks.add(json);
        }
        JsonObject json = new JsonObject();
        json.add("masks", masks);
        return json;
    }

    private static List<List<String>> table(List<FilledMask> found) {
        List<List<String>> table = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            List<FilledMask.Candidate> candidates = found.get(i).candidates();
            for (int rank = 0; rank < candidates.size(); rank++) {
                FilledMask.Candidate candidate = candidates.get(rank);
                String number = RowPrediction.number(candidate.probability());
                table.add(List.of(Integer.toString(i + 1), Integer.toString(rank + 1), candidate.token(), number));
            }
        }
        return table;
    }

    private static String readable(InputRow row, List<FilledMask> found) {
        StringBuilder readable = new StringBuilder(RowPrediction.line(row.first()));
        int width = found.stream()
                .flatMap(mask -> mask.candidates().stream())
                .mapToInt(candidate -> DisplayWidth.of(candidate.token()))
                .max()
                .orElse(0);
        for (int i = 0; i < found.size(); i++) {
            List<FilledMask.Candidate> candidates = found.get(i).candidates();
            for (int rank = 0; rank < candidates.size(); rank++) {
                FilledMask.Candidate candidate = candidates.get(rank);
                readable.append("\n  ")
                        .append(rank == 0 && found.size() > 1 ? i + 1 + "." : "  ")
                        .append("  ")
                        .append(candidate.token())
                        .append(" ".repeat(width - DisplayWidth.of(candidate.token()) + 2))
                        .append(RowPrediction.number(candidate.probability()));
            }
        }
        return readable.toString();
    }

    @Override
    public void close() {
        filler.close();
    }
}
