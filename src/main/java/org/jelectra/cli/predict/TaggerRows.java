package org.jelectra.cli.predict;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.cli.console.DisplayWidth;
import org.jelectra.inference.TaggedWord;
import org.jelectra.inference.WordTagger;

/** Tags of words; the table is a CoNLL file: a word a line, a blank line after each text. */
final class TaggerRows implements RowModel {

    private final WordTagger tagger;
    private final boolean divided;
    private final int columns;

    /**
     * @param divided whether words are what white space divides; else punctuation and ideographs divide too
     * @param columns width of the terminal
     */
    TaggerRows(WordTagger tagger, boolean divided, int columns) {
        this.tagger = tagger;
        this.divided = divided;
        this.columns = columns;
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    @Override
    public InputRow plain(String line, String where) {
        return row(null, line);
    }

    private InputRow row(JsonPrimitive id, String text) {
        List<String> words =
                text.isBlank() ? List.of() : Arrays.asList(text.strip().split("\\s+"));
        return new InputRow(id, text, null, divided ? words : null);
    }

    @Override
    public InputRow json(JsonRow row) throws IOException {
        List<String> words = row.strings("words");
        return words == null ? row(row.id(), row.text()) : new InputRow(row.id(), null, null, words);
    }

    @Override
    public List<RowPrediction> predict(List<InputRow> rows) {
        List<String> texts = new ArrayList<>();
        List<List<String>> words = new ArrayList<>();
        for (InputRow row : rows) {
            if (row.words() == null) {
                texts.add(row.first());
            } else {
                words.add(row.words());
            }
        }
        List<List<TaggedWord>> ofTexts = tagger.tag(texts);
        List<List<TaggedWord>> ofWords = tagger.tagWords(words);
        List<RowPrediction> predictions = new ArrayList<>();
        int text = 0;
        int given = 0;
        for (InputRow row : rows) {
            predictions.add(
                    row.words() == null
                            ? prediction(ofTexts.get(text++), true)
                            : prediction(ofWords.get(given++), false));
        }
        return predictions;
    }

    private RowPrediction prediction(List<TaggedWord> tagged, boolean places) {
        return new RowPrediction(() -> json(tagged, places), () -> table(tagged), () -> readable(tagged));
    }

    private static JsonObject json(List<TaggedWord> tagged, boolean places) {
        JsonArray words = new JsonArray();
        for (TaggedWord word : tagged) {
            JsonObject json = new JsonObject();
            json.addProperty("word", word.word().text());
            if (places) {
                json.addProperty("start", word.word().start());
                json.addProperty("end", word.word().end());
            }
            json.addProperty("tag", word.tag());
            json.addProperty("probability", word.probability());
            words.add(json);
        }
        JsonObject json = new JsonObject();
        json.add("words", words);
        return json;
    }

    private static List<List<String>> table(List<TaggedWord> tagged) {
        List<List<String>> table = new ArrayList<>();
        for (TaggedWord word : tagged) {
            table.add(List.of(word.word().text(), word.tag(), RowPrediction.number(word.probability())));
        }
        table.add(List.of());
        return table;
    }

    /** Each word with its tag below, wrapped at the terminal's width. */
    private String readable(List<TaggedWord> tagged) {
        List<String> lines = new ArrayList<>();
        StringBuilder words = new StringBuilder();
        StringBuilder tags = new StringBuilder();
        int used = 0;
        for (TaggedWord word : tagged) {
            int wordWidth = DisplayWidth.of(word.word().text());
            int tagWidth = DisplayWidth.of(word.tag());
            int width = Math.max(wordWidth, tagWidth) + 1;
            if (used > 0 && used + width > columns) {
                lines.add(words.toString().stripTrailing());
                lines.add(tags.toString().stripTrailing());
                words.setLength(0);
                tags.setLength(0);
                used = 0;
            }
            words.append(word.word().text()).append(" ".repeat(width - wordWidth));
            tags.append(word.tag()).append(" ".repeat(width - tagWidth));
            used += width;
        }
        lines.add(words.toString().stripTrailing());
        lines.add(tags.toString().stripTrailing() + "\n");
        return String.join("\n", lines);
    }

    @Override
    public void close() {
        tagger.close();
    }
}
