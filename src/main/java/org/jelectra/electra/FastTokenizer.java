package org.jelectra.electra;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/** What {@code tokenizer.json}, the file of HuggingFace's fast tokenizers, says of a WordPiece tokenizer. */
final class FastTokenizer {

    static final String MAX_WORD_LENGTH = "max_input_chars_per_word";

    /** What the tokenizers library takes where a file does not say it. */
    private static final int HUGGINGFACES_MAX_WORD_LENGTH = 100;

    private static final int MOST_TOKENS = 10_000_000;
    private static final String ADDED = "added_tokens";

    private final JsonFields json;
    private final JsonFields model;

    private FastTokenizer(JsonFields json) throws IOException {
        this.json = json;
        this.model = json.object("model");
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it is malformed, or describes a tokenizer of another kind
     */
    static FastTokenizer read(Path file) throws IOException {
        FastTokenizer tokenizer = new FastTokenizer(new JsonFields(Json.read(file), file.toString()));
        // files of early versions do not name the model
        if (tokenizer.model.has("type")) {
            require(tokenizer.model, "type", "WordPiece");
        }
        if (tokenizer.model.has("unk_token")) {
            require(tokenizer.model, "unk_token", "[UNK]");
        }
        require(tokenizer.model, "continuing_subword_prefix", Vocabulary.CONTINUATION);
        JsonFields normalizer = tokenizer.normalizer();
        require(normalizer, "type", "BertNormalizer");
        for (String key : new String[] {"handle_chinese_chars", "clean_text"}) {
            if (!normalizer.flag(key)) {
                throw normalizer.wrong(key, "true", false);
            }
        }
        require(tokenizer.json.object("pre_tokenizer"), "type", "BertPreTokenizer");
        for (int i = 0;
                tokenizer.json.has(ADDED) && i < tokenizer.json.array(ADDED).size();
                i++) {
            AddedTokens.requireSpecial(tokenizer.json.element(ADDED, i).text("content"), file, ADDED);
        }
        return tokenizer;
    }

    private JsonFields normalizer() throws IOException {
        return json.object("normalizer");
    }

    /** The tokens by id; throws IOException also where those around a text are none of them. */
    Vocabulary vocabulary() throws IOException {
        JsonFields entries = model.object("vocab");
        String[] tokens = new String[Math.min(MOST_TOKENS, entries.object().size())];
        for (String token : entries.object().keySet()) {
            int id = entries.integer(token, 0, tokens.length - 1);
            if (tokens[id] != null) {
                throw entries.wrong(token, "an id of its own", id + ", the id of " + tokens[id]);
            }
            tokens[id] = token;
        }
        Vocabulary vocabulary;
        try {
            vocabulary = Vocabulary.of(Arrays.asList(tokens));
        } catch (IllegalArgumentException e) {
            throw new IOException(json.where() + ": " + e.getMessage(), e);
        }
        PostProcessor.check(json, vocabulary);
        return vocabulary;
    }

    /** Normalisation of the text. */
    WordPieceOptions options() throws IOException {
        boolean lowerCase = flag("lowercase", true);
        int maxWordLength = model.has(MAX_WORD_LENGTH)
                ? model.integer(MAX_WORD_LENGTH, 1, Integer.MAX_VALUE)
                : HUGGINGFACES_MAX_WORD_LENGTH;
        return new WordPieceOptions(lowerCase, flag("strip_accents", lowerCase), maxWordLength);
    }

    private boolean flag(String key, boolean otherwise) throws IOException {
        return normalizer().has(key) ? normalizer().flag(key) : otherwise;
    }

    private static void require(JsonFields json, String key, String expected) throws IOException {
        String found = json.text(key);
        if (!found.equals(expected)) {
            throw json.wrong(key, expected, found);
        }
    }
}
