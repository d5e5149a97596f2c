package org.jelectra.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.ModelKind;
import org.jelectra.inference.ReplacedTokenDetector;
import org.jelectra.inference.TestModels;
import org.jelectra.inference.TextClassifier;
import org.jelectra.inference.VectorEncoder;
import org.jelectra.io.Json;
import org.jelectra.pretrain.WarmStart;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries of another type than they should have, in every JSON file of a model: passed over, or an error with file and key. */
@Tag("every-jdk")
class MalformedJsonTest {

    private static final List<JsonElement> VALUES =
            List.of("\"yes\"", "true", "-0.5", "null", "[]", "[[1, 2]]", "[\"a\", 2]", "{}", "{\"0\": []}").stream()
                    .map(JsonParser::parseString)
                    .toList();

    /** Something that reads a model. */
    private interface Reader {
        void read() throws IOException;
    }

    @TempDir
    Path folder;

    private Path model;
    private int imports;

    @BeforeEach
    void write() throws IOException {
        model = Folders.run(folder.resolve("run")).resolve(ElectraModel.DISCRIMINATOR);
    }

    private static InferenceOptions options() {
        return new InferenceOptions(() -> CpuBackend.create(1), 4);
    }

    private void imports(Path source) throws IOException {
        ModelImport.run(List.of(source), folder.resolve("import-" + imports++));
    }

    private static void tryAll(Path file, Reader... readers) throws IOException {
        JsonObject original = Json.read(file);
        for (String key : original.keySet()) {
            for (JsonElement value : VALUES) {
                JsonObject changed = original.deepCopy();
                changed.add(key, value);
                Json.write(file, changed);
                for (Reader reader : readers) {
                    Throwable thrown = catchThrowable(reader::read);
                    if (thrown != null) {
                        assertThat(thrown)
                                .as("%s: %s", key, value)
                                .isInstanceOf(IOException.class)
                                .hasMessageStartingWith(file.getParent().toString())
                                .hasMessageContaining(key.contains("dropout") ? "dropout" : key)
                                .hasMessageMatching("[^\\n]+");
                    }
                }
            }
        }
        Json.write(file, original);
    }

    @Test
    void ofADiscriminator() throws IOException {
        new FastTokenizerWriter(Folders.tokenizer(Folders.VOCABULARY)).write(model);
        Reader[] readers = {
            () -> imports(model),
            () -> ReplacedTokenDetector.load(model, options()).close(),
            () -> VectorEncoder.load(model, options()).close(),
            () -> ModelKind.of(model),
            () -> WarmStart.from(List.of(model)).sizes(ElectraModel.DISCRIMINATOR)
        };
        tryAll(model.resolve("config.json"), readers);
        tryAll(model.resolve("tokenizer_config.json"), readers);
        tryAll(model.resolve("tokenizer.json"), () -> imports(model));
        tryAll(model.resolve("special_tokens_map.json"), () -> imports(model));
    }

    @Test
    void ofAClassifier() throws IOException {
        Path task = TestModels.classifier(folder.resolve("task"), List.of("a", "b"));
        Path config = task.resolve("config.json");
        JsonObject json = Json.read(config);
        json.addProperty("problem_type", "single_label_classification");
        Json.write(config, json);
        tryAll(
                config,
                () -> imports(task),
                () -> TextClassifier.load(task, options()).close());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "tokenizer_config.json | do_lower_case | \"yes\" | \"do_lower_case\": expected true or false, found \"yes\"",
                "tokenizer_config.json | strip_accents | 1 | \"strip_accents\": expected true or false, found 1",
                "tokenizer_config.json | model_max_length | [] | \"model_max_length\": expected a number, found []",
                "config.json | hidden_size | \"32\" | \"hidden_size\": expected an integer from 1 to 2147483647, found \"32\"",
                "config.json | layer_norm_eps | {} | \"layer_norm_eps\": expected a number, found {}",
                "config.json | is_decoder | \"false\" | is_decoder must be false, got \"false\"",
                "config.json | pruned_heads | [1] | pruned_heads must be empty, got [1]"
            })
    void isNamedWhereAModelIsLoaded(String name, String key, String value, String message) throws IOException {
        Path file = model.resolve(name);
        Folders.json(file, json -> json.add(key, JsonParser.parseString(value)));
        assertThatThrownBy(() -> VectorEncoder.load(model, options()).close())
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void isNamedWhereTheKindOfModelIsLookedFor() throws IOException {
        Path file = model.resolve("config.json");
        Folders.json(file, json -> json.add("architectures", JsonParser.parseString("[[1, 2]]")));
        assertThatThrownBy(() -> ModelKind.of(model))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": expected \"architectures\" with one name, found [[1,2]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "model | {\"vocab\": {}} | , model: the field \"continuing_subword_prefix\" is missing",
                "model | {\"continuing_subword_prefix\": \"##\", \"vocab\": []} | , model: \"vocab\": expected an object, found []",
                "normalizer | {\"type\": []} | , normalizer: \"type\": expected a string, found []",
                "pre_tokenizer | [] | : \"pre_tokenizer\": expected an object, found []",
                "added_tokens | {} | : \"added_tokens\": expected an array, found {}",
                "added_tokens | [3] | : \"added_tokens[0]\": expected an object, found 3"
            })
    void isNamedInTheTokenizersFile(String key, String value, String message) throws IOException {
        new FastTokenizerWriter(Folders.tokenizer(20)).write(model);
        Files.delete(model.resolve("vocab.txt"));
        Path file = model.resolve("tokenizer.json");
        Folders.json(file, json -> json.add(key, JsonParser.parseString(value)));
        assertThatThrownBy(() -> imports(model)).isInstanceOf(IOException.class).hasMessageStartingWith(file + message);
    }
}
