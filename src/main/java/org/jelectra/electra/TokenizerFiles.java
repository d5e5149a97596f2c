package org.jelectra.electra;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.io.Json;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/**
 * What a model's folder says about text: {@code vocab.txt} and {@code tokenizer_config.json}, as HuggingFace's
 * {@code ElectraTokenizer} reads them, and {@code tokenizer.json} of its fast tokenizers. Casing is stored with the model, because a
 * model reads nothing sensible with another.
 *
 * @param vocabulary the tokens
 * @param options normalisation of the text
 * @param maxLength longest sequence of the model's last training, pre-training or a task's, which longer text is cut to
 * @param trainedLength longest sequence of any of the model's trainings, so that its positions are trained up to there
 */
public record TokenizerFiles(Vocabulary vocabulary, WordPieceOptions options, int maxLength, int trainedLength) {

    /** Name of the vocabulary. */
    public static final String VOCABULARY = "vocab.txt";
    /** Name of the configuration. */
    public static final String CONFIG = "tokenizer_config.json";
    /** Name of the file of HuggingFace's fast tokenizers, which holds vocabulary and casing. */
    public static final String FAST_TOKENIZER = "tokenizer.json";

    public TokenizerFiles {
        if (trainedLength < maxLength) {
            throw new IllegalArgumentException(
                    "the longest sequence of all trainings must not be shorter than that of the last one, got "
                            + trainedLength + " and " + maxLength);
        }
    }

    /** Of a model that was never trained on longer sequences than the last time. */
    public TokenizerFiles(Vocabulary vocabulary, WordPieceOptions options, int maxLength) {
        this(vocabulary, options, maxLength, maxLength);
    }

    /** Writes both files into a model's folder. */
    public void save(Path folder) throws IOException {
        vocabulary.write(folder.resolve(VOCABULARY));
        JsonObject json = new JsonObject();
        json.addProperty("tokenizer_class", "ElectraTokenizer");
        json.addProperty(TokenizerConfig.LOWER_CASE, options.lowerCase());
        json.addProperty(TokenizerConfig.STRIP_ACCENTS, options.stripAccents());
        json.addProperty("tokenize_chinese_chars", true);
        json.addProperty(TokenizerConfig.MAX_LENGTH, maxLength);
        if (trainedLength != maxLength) {
            json.addProperty(TokenizerConfig.TRAINED_LENGTH, trainedLength);
        }
        if (options.maxWordLength() != WordPieceOptions.DEFAULT_MAX_WORD_LENGTH) {
            json.addProperty(TokenizerConfig.MAX_WORD_LENGTH, options.maxWordLength());
        }
        json.addProperty("pad_token", vocabulary.token(vocabulary.padId()));
        json.addProperty("unk_token", vocabulary.token(vocabulary.unknownId()));
        json.addProperty("cls_token", vocabulary.token(vocabulary.clsId()));
        json.addProperty("sep_token", vocabulary.token(vocabulary.sepId()));
        json.addProperty("mask_token", vocabulary.token(vocabulary.maskId()));
        Json.write(folder.resolve(CONFIG), json);
    }

    /**
     * Reads the files of a model's folder, as {@link #load(Path, int)}.
     *
     * @param config the model's sizes
     * @throws IOException also if the model has not as many tokens as the vocabulary
     */
    public static TokenizerFiles load(Path folder, EncoderConfig config) throws IOException {
        TokenizerFiles files = load(folder, config.maxPositions());
        if (files.vocabulary.size() != config.vocabularySize()) {
            throw new IOException(folder + ": the vocabulary must have as many tokens as the model, got "
                    + files.vocabulary.size() + " and " + config.vocabularySize()
                    + (files.vocabulary.size() < config.vocabularySize()
                            ? "; jelectra import adds up to 127 tokens that lack"
                            : ""));
        }
        return files;
    }

    /**
     * The same with so many tokens: those that lack are named {@code [unused0]} and so on. No text has them, as its brackets are words of
     * their own.
     */
    public TokenizerFiles padded(int tokens) {
        List<String> all = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            all.add(vocabulary.token(id));
        }
        for (int i = 0; all.size() < tokens; i++) {
            if (vocabulary.id("[unused" + i + "]") < 0) {
                all.add("[unused" + i + "]");
            }
        }
        return new TokenizerFiles(Vocabulary.of(all), options, maxLength, trainedLength);
    }

    /** Whether a folder has a vocabulary that {@link #load(Path, int)} reads. */
    public static boolean areIn(Path folder) {
        return Files.isRegularFile(folder.resolve(VOCABULARY)) || Files.isRegularFile(folder.resolve(FAST_TOKENIZER));
    }

    /**
     * Reads the files of a model's folder: the vocabulary from {@code vocab.txt} or else from {@code tokenizer.json}, the casing from
     * {@code tokenizer_config.json} or else from {@code tokenizer.json}. Text is lower-cased where neither says, as HuggingFace does.
     *
     * @param maxPositions limit on both lengths, the rows of the model's position table
     * @throws IOException if there is no vocabulary, or another one in each file, a file is malformed, the tokenizer splits text in
     *     another way than this library's, or the model has no room for a token
     */
    public static TokenizerFiles load(Path folder, int maxPositions) throws IOException {
        if (maxPositions < TokenizerConfig.SHORTEST) {
            throw new IOException(folder + ": expected a model that reads sequences of " + TokenizerConfig.SHORTEST
                    + " tokens at least, [CLS], one of the text and [SEP], found one for " + maxPositions
                    + " (max_position_embeddings)");
        }
        AddedTokens.requireNone(folder);
        TokenizerConfig config = TokenizerConfig.read(folder.resolve(CONFIG));
        Path fastFile = folder.resolve(FAST_TOKENIZER);
        FastTokenizer fast = Files.isRegularFile(fastFile) ? FastTokenizer.read(fastFile) : null;
        Path vocabularyFile = folder.resolve(VOCABULARY);
        boolean plain = Files.isRegularFile(vocabularyFile);
        if (!plain && fast == null) {
            throw new IOException(folder + ": expected the vocabulary in " + VOCABULARY + " or " + FAST_TOKENIZER
                    + ", found neither");
        }
        Vocabulary vocabulary = plain ? Vocabulary.load(vocabularyFile) : fast.vocabulary();
        if (plain && fast != null) {
            requireSame(vocabulary, fast.vocabulary(), folder);
        }
        return new TokenizerFiles(
                vocabulary,
                config.options(fast == null ? WordPieceOptions.uncased() : fast.options()),
                config.maxLength(maxPositions),
                config.trainedLength(maxPositions));
    }

    private static void requireSame(Vocabulary plain, Vocabulary fast, Path folder) throws IOException {
        for (int id = 0; id < Math.max(plain.size(), fast.size()); id++) {
            String one = id < plain.size() ? plain.token(id) : "none";
            String other = id < fast.size() ? fast.token(id) : "none";
            if (!one.equals(other) || id >= Math.min(plain.size(), fast.size())) {
                throw new IOException(folder + ": expected the same tokens in " + VOCABULARY + " and " + FAST_TOKENIZER
                        + ", found " + one + " and " + other + " as token " + id
                        + "; remove the file that is not the model's");
            }
        }
    }
}
