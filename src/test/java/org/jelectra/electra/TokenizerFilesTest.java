package org.jelectra.electra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jelectra.exchange.Folders;
import org.jelectra.io.Json;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files that a tokenizer may come in. */
@Tag("every-jdk")
class TokenizerFilesTest {

    @TempDir
    Path folder;

    private TokenizerFiles original;

    @BeforeEach
    void files() throws IOException {
        WordPieceOptions options = new WordPieceOptions(false, true, WordPieceOptions.DEFAULT_MAX_WORD_LENGTH);
        original = new TokenizerFiles(Folders.tokenizer(20).vocabulary(), options, 48);
        original.save(folder);
        Folders.fastTokenizer(original, folder);
    }

    private void requireOriginal(int maxLength) throws IOException {
        TokenizerFiles found = TokenizerFiles.load(folder, 64);
        assertThat(found.vocabulary().sha256()).isEqualTo(original.vocabulary().sha256());
        assertThat(found.options()).isEqualTo(original.options());
        assertThat(found.maxLength()).isEqualTo(maxLength);
    }

    @Test
    void anyOfTheFilesWillDo() throws IOException {
        requireOriginal(48);
        Files.delete(folder.resolve("vocab.txt"));
        requireOriginal(48);
        Files.delete(folder.resolve("tokenizer_config.json"));
        requireOriginal(64);
        Files.writeString(folder.resolve("vocab.txt"), String.join("\n", tokens()));
        requireOriginal(64);
        Files.delete(folder.resolve("tokenizer.json"));
        assertThat(TokenizerFiles.load(folder, 64).options()).isEqualTo(WordPieceOptions.uncased());
        Files.delete(folder.resolve("vocab.txt"));
        assertThatThrownBy(() -> TokenizerFiles.load(folder, 64))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + ": expected the vocabulary in vocab.txt or tokenizer.json, found neither");
    }

    /** 100, as HuggingFace's files have it: a longer word is unknown to its tokenizer. An import keeps it. */
    @Test
    void theLongestWordIsTheFastTokenizers() throws IOException {
        Folders.json(
                folder.resolve("tokenizer.json"),
                json -> json.getAsJsonObject("model").addProperty("max_input_chars_per_word", 100));
        TokenizerFiles found = TokenizerFiles.load(folder, 64);
        assertThat(found.options()).isEqualTo(new WordPieceOptions(false, true, 100));
        Files.delete(folder.resolve("tokenizer.json"));
        found.save(folder);
        assertThat(TokenizerFiles.load(folder, 64).options()).isEqualTo(found.options());
    }

    @Test
    void theCasingMayStandInTheFastTokenizerAlone() throws IOException {
        Folders.json(folder.resolve("tokenizer_config.json"), json -> {
            json.remove("do_lower_case");
            json.add("strip_accents", JsonNull.INSTANCE);
        });
        requireOriginal(48);
    }

    @Test
    void aModelWithoutRoomForAToken() {
        assertThatThrownBy(() -> TokenizerFiles.load(folder, 2))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        folder + ": expected a model that reads sequences of 3 tokens at least, [CLS], one of the text"
                                + " and [SEP], found one for 2 (max_position_embeddings)");
    }

    @Test
    void aModelWithAnotherNumberOfTokens() throws IOException {
        EncoderConfig fits = new EncoderConfig(20, 16, 16, 2, 2, 64, 64, 2, 0.1f, 0.1f, 1e-12f, 0.3f);
        assertThat(TokenizerFiles.load(folder, fits).vocabulary().size()).isEqualTo(20);
        EncoderConfig larger = new EncoderConfig(21, 16, 16, 2, 2, 64, 64, 2, 0.1f, 0.1f, 1e-12f, 0.3f);
        assertThatThrownBy(() -> TokenizerFiles.load(folder, larger))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + ": the vocabulary must have as many tokens as the model, got 20 and 21;"
                        + " jelectra import adds up to 127 tokens that lack");
        EncoderConfig smaller = new EncoderConfig(19, 16, 16, 2, 2, 64, 64, 2, 0.1f, 0.1f, 1e-12f, 0.3f);
        assertThatThrownBy(() -> TokenizerFiles.load(folder, smaller)).hasMessageEndingWith("got 20 and 19");
    }

    /** Of a model that was trained on longer text than that of its task. */
    @ParameterizedTest
    @CsvSource({"48, 48, 48, 48", "16, 48, 16, 48", "48, 512, 48, 64", "512, 512, 64, 64"})
    void bothLengthsAreKeptWithinThePositions(int length, int trained, int foundLength, int foundTrained)
            throws IOException {
        new TokenizerFiles(original.vocabulary(), original.options(), length, trained).save(folder);
        TokenizerFiles found = TokenizerFiles.load(folder, 64);
        assertThat(found.maxLength()).isEqualTo(foundLength);
        assertThat(found.trainedLength()).isEqualTo(foundTrained);
    }

    @Test
    void theLastTrainingIsOneOfAll() {
        assertThatThrownBy(() -> new TokenizerFiles(original.vocabulary(), original.options(), 48, 32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the longest sequence of all trainings must not be shorter than that of the last one, got 32"
                                + " and 48");
    }

    private String[] tokens() {
        String[] tokens = new String[original.vocabulary().size()];
        for (int id = 0; id < tokens.length; id++) {
            tokens[id] = original.vocabulary().token(id);
        }
        return tokens;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokenizer_class | BertJapaneseTokenizer | tokenizer_class must be one of [ElectraTokenizer, ",
                "word_tokenizer_type | mecab | word_tokenizer_type must be basic, got mecab",
                "subword_tokenizer_type | character | subword_tokenizer_type must be wordpiece, got character",
                "tokenize_chinese_chars | false | tokenize_chinese_chars must be true, got false",
                "cls_token | <s> | cls_token must be [CLS], got <s>",
                "model_max_length | long | \"model_max_length\": expected a number, found \"long\"",
                "trained_max_length | [] | \"trained_max_length\": expected a number, found []",
                "do_lower_case | [] | \"do_lower_case\": expected true or false, found []",
            })
    void otherTokenizersAreRefused(String key, String value, String message) throws IOException {
        Path file = folder.resolve("tokenizer_config.json");
        if (value.equals("[]")) {
            Folders.json(file, json -> json.add(key, new JsonArray()));
        } else {
            Folders.json(file, json -> json.addProperty(key, value));
        }
        refused(file + ": " + message);
    }

    @Test
    void theModelsConfigMayNameTheClass() throws IOException {
        Path config =
                Files.writeString(folder.resolve("config.json"), "{\"tokenizer_class\": \"BertJapaneseTokenizer\"}");
        assertThat(TokenizerFiles.load(folder, 512).vocabulary().size()).isPositive();
        Folders.json(folder.resolve("tokenizer_config.json"), json -> json.remove("tokenizer_class"));
        refused(config + ": tokenizer_class must be one of [ElectraTokenizer, ");
    }

    @Test
    void ofSeveralWrongEntriesTheFirstIsNamed() throws IOException {
        Path file = folder.resolve("tokenizer_config.json");
        Folders.json(file, json -> {
            for (String token : new String[] {"mask", "sep", "cls", "unk", "pad"}) {
                json.addProperty(token + "_token", "<" + token + ">");
            }
        });
        refused(file + ": pad_token must be [PAD], got <pad>");
    }

    @Test
    void otherFastTokenizersAreRefused() throws IOException {
        Files.delete(folder.resolve("vocab.txt"));
        fast(
                json -> json.getAsJsonObject("model").addProperty("type", "BPE"),
                "tokenizer.json, model: \"type\": expected WordPiece, found BPE");
        fast(
                json -> {
                    json.getAsJsonObject("model").addProperty("type", "BPE");
                    json.add("normalizer", JsonNull.INSTANCE);
                },
                "tokenizer.json, model: \"type\": expected WordPiece, found BPE");
        fast(
                json -> json.getAsJsonObject("normalizer").addProperty("type", "NFC"),
                "tokenizer.json, normalizer: \"type\": expected BertNormalizer, found NFC");
        fast(json -> json.remove("normalizer"), "tokenizer.json: the field \"normalizer\" is missing");
        fast(
                json -> vocabulary(json).addProperty("t7", 8),
                "vocab: \"t8\": expected an id of its own, found 8, the id of t7");
        fast(json -> vocabulary(json).addProperty("t7", 1.5), "\"t7\": expected an integer from 0 to 19, found 1.5");
        fast(json -> vocabulary(json).addProperty("t7", 1e18), "\"t7\": expected an integer from 0 to 19");
        fast(json -> vocabulary(json).remove("[CLS]"), "expected an integer from 0 to 18, found 19");
        fast(
                json -> json.getAsJsonObject("normalizer").addProperty("lowercase", "no"),
                "normalizer: \"lowercase\": expected true or false, found \"no\"");
        fast(
                json -> json.getAsJsonObject("normalizer").addProperty("clean_text", false),
                "normalizer: \"clean_text\": expected true, found false");
        fast(
                json -> json.getAsJsonObject("model").addProperty("unk_token", "[PAD]"),
                "model: \"unk_token\": expected [UNK], found [PAD]");
    }

    /** Here each text stands between [CLS] and [SEP]. */
    @Test
    void otherTokensAroundATextAreRefused() throws IOException {
        Files.delete(folder.resolve("vocab.txt"));
        fast(
                json -> json.add("post_processor", JsonNull.INSTANCE),
                "tokenizer.json: \"post_processor\": expected [CLS] and [SEP] around each text, found none");
        fast(
                json -> processor(json).addProperty("type", "ByteLevel"),
                "\"type\": expected TemplateProcessing or BertProcessing, found ByteLevel");
        fast(
                json -> processor(json).getAsJsonArray("single").remove(2),
                "\"single\": expected [CLS]:0 $A:0 [SEP]:0, found [CLS]:0 $A:0");
        fast(
                json -> processor(json)
                        .getAsJsonArray("pair")
                        .get(3)
                        .getAsJsonObject()
                        .getAsJsonObject("Sequence")
                        .addProperty("type_id", 0),
                "\"pair\": expected [CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1, found [CLS]:0 $A:0 [SEP]:0 $B:0 [SEP]:1");
        fast(
                json -> processor(json)
                        .getAsJsonObject("special_tokens")
                        .getAsJsonObject("[SEP]")
                        .add("ids", array("[4]")),
                "special_tokens, [SEP]: \"ids\": expected [3], found [4]");
        fast(json -> bert(json, 3, 3), "\"cls\": expected [\"[CLS]\",2], found [\"[CLS]\",3]");
        fast(json -> bert(json, 2, 4), "\"sep\": expected [\"[SEP]\",3], found [\"[SEP]\",4]");

        Folders.fastTokenizer(original, folder);
        Folders.json(folder.resolve("tokenizer.json"), json -> bert(json, 2, 3));
        requireOriginal(64);
    }

    private static JsonObject processor(JsonObject json) {
        return json.getAsJsonObject("post_processor");
    }

    /** As early versions of HuggingFace's library wrote it. */
    private static void bert(JsonObject json, int cls, int sep) {
        JsonObject processor = new JsonObject();
        processor.addProperty("type", "BertProcessing");
        processor.add("sep", array("[\"[SEP]\", " + sep + "]"));
        processor.add("cls", array("[\"[CLS]\", " + cls + "]"));
        json.add("post_processor", processor);
    }

    private static JsonArray array(String json) {
        return JsonParser.parseString(json).getAsJsonArray();
    }

    /** Written as lines they would make another vocabulary. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a\\nb | a line feed",
                "a\\t | white space at its end",
                "\\ud800b | half of a surrogate pair",
            })
    void tokensThatNoLineHolds(String token, String what) throws IOException {
        Files.delete(folder.resolve("vocab.txt"));
        Files.delete(folder.resolve("tokenizer_config.json"));
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"t7\":", '"' + token + "\":"));
        refused(file + ": token list, line 8: expected a token that a line of UTF-8 holds, found one with " + what);
    }

    @Test
    void twoVocabularies() throws IOException {
        Path vocabulary = folder.resolve("vocab.txt");
        String text = Files.readString(vocabulary);
        Files.writeString(vocabulary, text.replace("\nt7\n", "\nt99\n"));
        String message = folder + ": expected the same tokens in vocab.txt and tokenizer.json, found ";
        refused(message + "t99 and t7 as token 7; remove the file that is not the model's");
        Files.writeString(vocabulary, text + "more\n");
        refused(message + "more and none as token 20; ");
    }

    /** Markers of entities, in the places where the files of HuggingFace's tokenizers have them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tokenizer.json | added_tokens | [{'content': '[PAD]'}, {'content': '[E1]'}]",
                "tokenizer_config.json | additional_special_tokens | ['[E1]']",
                "tokenizer_config.json | extra_special_tokens | {'entity': '[E1]'}",
                "tokenizer_config.json | added_tokens_decoder | {'0': {'content': '[PAD]'}, '7': {'content': '[E1]'}}",
                "special_tokens_map.json | additional_special_tokens | [{'content': '[E1]'}]",
                "added_tokens.json | tokens | {'[MASK]': 4, '[E1]': 7}"
            })
    void tokensThatWouldBeDividedAreRefused(String name, String key, String value) throws IOException {
        Path file = folder.resolve(name);
        String all = "{'" + key + "': " + value + "}";
        JsonObject tokens = Json.parse((key.equals("tokens") ? value : all).replace('\'', '"'), "test");
        if (!Files.exists(file)) {
            Files.writeString(file, "{}");
        }
        Folders.json(file, json -> tokens.entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue())));
        refused(
                file + ": " + key + ": expected none but [PAD], [UNK], [CLS], [SEP], [MASK], found [E1], which"
                        + " HuggingFace's tokenizers keep whole and this library divides; where no text has it, delete the entry");
    }

    @Test
    void theTokensThatEveryVocabularyHasMayBeAdded() throws IOException {
        Folders.json(
                folder.resolve("tokenizer_config.json"),
                json -> json.add("additional_special_tokens", new JsonArray()));
        Files.writeString(folder.resolve("added_tokens.json"), "{\"[MASK]\": 4}");
        Files.writeString(folder.resolve("special_tokens_map.json"), "{\"mask_token\": \"[MASK]\"}");
        requireOriginal(48);
        Folders.json(folder.resolve("tokenizer_config.json"), json -> {
            json.remove("additional_special_tokens");
            json.add("extra_special_tokens", new JsonObject());
            JsonObject decoder = new JsonObject();
            for (String token : List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")) {
                JsonObject properties = new JsonObject();
                properties.addProperty("content", token);
                properties.addProperty("special", true);
                decoder.add(Integer.toString(decoder.size()), properties);
            }
            json.add("added_tokens_decoder", decoder);
        });
        Files.writeString(folder.resolve("added_tokens.json"), "{}");
        Files.writeString(
                folder.resolve("special_tokens_map.json"),
                "{\"mask_token\": {\"content\": \"[MASK]\", \"lstrip\": false}, \"additional_special_tokens\": []}");
        requireOriginal(48);
    }

    private static JsonObject vocabulary(JsonObject json) {
        return json.getAsJsonObject("model").getAsJsonObject("vocab");
    }

    private void fast(Consumer<JsonObject> change, String message) throws IOException {
        Files.deleteIfExists(folder.resolve("tokenizer_config.json"));
        Folders.fastTokenizer(original, folder);
        Folders.json(folder.resolve("tokenizer.json"), change);
        refused(message);
    }

    private void refused(String message) {
        assertThatThrownBy(() -> TokenizerFiles.load(folder, 64))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
