package org.jelectra.electra;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/**
 * What a model's folder says about text: {@code vocab.txt} and {@code tokenizer_config.json}, as HuggingFace's
 * {@code ElectraTokenizer} reads them. Casing is stored with the model, because a model reads nothing sensible with another.
 *
 * @param vocabulary the tokens
 * @param options normalisation of the text
 * @param maxLength longest sequence that the model was trained on; positions beyond it are untrained
 */
public record TokenizerFiles(Vocabulary vocabulary, WordPieceOptions options, int maxLength) {

    /** Name of the vocabulary. */
    public static final String VOCABULARY = "vocab.txt";
    /** Name of the configuration. */
    public static final String CONFIG = "tokenizer_config.json";

    private static final String LOWER_CASE = "do_lower_case";
    private static final String STRIP_ACCENTS = "strip_accents";
    private static final String MAX_LENGTH = "model_max_length";
    /** [CLS], a token and [SEP]. */
    private static final int SHORTEST = 3;

    /** Writes both files into a model's folder. */
    public void save(Path folder) throws IOException {
        vocabulary.write(folder.resolve(VOCABULARY));
        JsonObject json = new JsonObject();
        json.addProperty("tokenizer_class", "ElectraTokenizer");
        json.addProperty(LOWER_CASE, options.lowerCase());
        json.addProperty(STRIP_ACCENTS, options.stripAccents());
        json.addProperty("tokenize_chinese_chars", true);
        json.addProperty(MAX_LENGTH, maxLength);
        json.addProperty("pad_token", vocabulary.token(vocabulary.padId()));
        json.addProperty("unk_token", vocabulary.token(vocabulary.unknownId()));
        json.addProperty("cls_token", vocabulary.token(vocabulary.clsId()));
        json.addProperty("sep_token", vocabulary.token(vocabulary.sepId()));
        json.addProperty("mask_token", vocabulary.token(vocabulary.maskId()));
        Json.write(folder.resolve(CONFIG), json);
    }

    /**
     * Reads the files of a model's folder. Without a configuration the text is lower-cased, as HuggingFace does.
     *
     * @param maxPositions limit on the length, the rows of the model's position table
     * @throws IOException if the vocabulary is missing, or a file is malformed
     */
    public static TokenizerFiles load(Path folder, int maxPositions) throws IOException {
        Path vocabularyFile = folder.resolve(VOCABULARY);
        if (!Files.isRegularFile(vocabularyFile)) {
            throw new IOException(folder + ": the model's vocabulary " + VOCABULARY + " is missing");
        }
        Vocabulary vocabulary = Vocabulary.load(vocabularyFile);
        Path config = folder.resolve(CONFIG);
        JsonFields json =
                new JsonFields(Files.exists(config) ? Json.read(config) : new JsonObject(), config.toString());
        return new TokenizerFiles(vocabulary, options(json), maxLength(json, maxPositions));
    }

    /**
     * The normalisation that a {@code tokenizer_config.json} asks for.
     *
     * @throws IOException if an entry for it is neither true nor false
     */
    public static WordPieceOptions options(JsonFields json) throws IOException {
        boolean lowerCase = !json.has(LOWER_CASE) || json.flag(LOWER_CASE);
        boolean stripAccents = json.has(STRIP_ACCENTS) ? json.flag(STRIP_ACCENTS) : lowerCase;
        return new WordPieceOptions(lowerCase, stripAccents, WordPieceOptions.DEFAULT_MAX_WORD_LENGTH);
    }

    /**
     * The longest sequence that a {@code tokenizer_config.json} allows, at most {@code maxPositions}.
     *
     * @throws IOException if its entry is not a number
     */
    public static int maxLength(JsonFields json, int maxPositions) throws IOException {
        double length = json.has(MAX_LENGTH) ? json.number(MAX_LENGTH) : maxPositions;
        // HuggingFace writes 1e30 where it knows no limit
        return length >= SHORTEST && length < maxPositions ? (int) length : maxPositions;
    }
}
