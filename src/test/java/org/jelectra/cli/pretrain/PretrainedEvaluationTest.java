package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.Json;
import org.jelectra.pretrain.SnapshotFolder;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.TokenizedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Corpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code jelectra evaluate} of a pre-trained model: what its training logged of the same text. */
class PretrainedEvaluationTest {

    /** Tokens of a document of {@link TinyRun}, all of which are words of its vocabulary. */
    private static final int DOCUMENT = 40;

    @TempDir
    private Path directory;

    private Path pretrain(String... options) throws IOException {
        Path run = directory.resolve("run");
        assertSuccess(TinyRun.pretrain(TinyRun.writeText(directory), TinyRun.writeVocabulary(directory), run, options));
        return run;
    }

    /** A file of the documents that a run holds out. */
    private Path heldOut() throws IOException {
        Vocabulary vocabulary = Vocabulary.load(directory.resolve("vocabulary.txt"));
        TokenizedCorpus corpus = TokenizedCorpus.tokenize(
                Corpus.open(List.of(directory.resolve("text.txt"))), vocabulary, WordPieceOptions.uncased(), 1);
        PackedSequences sequences =
                SequencePacker.pack(corpus, new PackingOptions(32, 0.2), 1).heldOut();
        StringBuilder text = new StringBuilder();
        int tokens = 0;
        for (int i = 0; i < sequences.size(); i++) {
            int[] ids = new int[32];
            int length = sequences.copy(i, ids, new int[32], 0);
            for (int at = 0; at < length; at++) {
                if (ids[at] != vocabulary.clsId() && ids[at] != vocabulary.sepId()) {
                    String token = vocabulary.token(ids[at]);
                    text.append(token).append(token.equals(".") ? "\n" : " ");
                    text.append(++tokens % DOCUMENT == 0 ? "\n" : "");
                }
            }
        }
        assertThat(tokens).isEqualTo((int) sequences.tokens()).isPositive().isLessThan(20 * DOCUMENT);
        return Files.writeString(directory.resolve("held-out.txt"), text);
    }

    private static JsonObject lastLogged(Path run) throws IOException {
        List<String> lines = Files.readAllLines(run.resolve("metrics.jsonl"));
        return JsonParser.parseString(lines.get(lines.size() - 1)).getAsJsonObject();
    }

    private static CommandRunner.Result evaluate(Path model, Path text, String... more) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", model.toString(), text.toString()));
        arguments.addAll(List.of("--backend", "cpu", "--threads", "1"));
        arguments.addAll(List.of(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    private JsonObject values(Path model, Path text, String... more) throws IOException {
        Path output = directory.resolve("metrics.json");
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--output", output.toString()));
        CommandRunner.Result result = assertSuccess(evaluate(model, text, all.toArray(String[]::new)));
        JsonObject values = Json.read(output).getAsJsonObject("values");
        for (String name : values.keySet()) {
            assertThat(result.out()).containsPattern("(?m)^" + name + " +[0-9.]+$");
        }
        return values;
    }

    /** But for what an adversarial generator expects, which is not kept. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--objective electra",
                "--objective electra-15",
                "--objective replace-mlm",
                "--objective all-tokens-mlm",
                "--objective mlm",
                "--generator-training adversarial",
                "--mask-prob 0.3 --discriminator-weight 20 --temperature 2"
            })
    void isWhatTheTrainingLogged(String options) throws IOException {
        Path run = pretrain(options.split(" "));
        JsonObject logged = lastLogged(run);
        JsonObject values = values(run, heldOut());

        int compared = 0;
        for (Map.Entry<String, JsonElement> entry : logged.entrySet()) {
            String name = entry.getKey().replaceFirst("^eval_", "");
            boolean kept = !List.of("generator_reward", "baseline_loss").contains(name);
            if (!name.equals(entry.getKey()) && !entry.getValue().isJsonNull() && kept) {
                assertThat(values.get(name).getAsDouble())
                        .as(name)
                        .isCloseTo(entry.getValue().getAsDouble(), within(1e-5));
                compared++;
            }
        }
        assertThat(values.size()).isEqualTo(compared + 1);
        assertThat(values.get("generator_perplexity").getAsDouble())
                .isCloseTo(Math.exp(logged.get("eval_generator_loss").getAsDouble()), within(1e-4));
    }

    @Test
    void aGeneratorAloneIsAMaskedLanguageModel() throws IOException {
        Path run = pretrain("--mask-prob", "0.3");
        double loss = lastLogged(run).get("eval_generator_loss").getAsDouble();
        Path generator = run.resolve("generator");
        JsonObject values = values(generator, heldOut());
        assertThat(values.keySet())
                .containsExactly("total_loss", "generator_loss", "generator_accuracy", "generator_perplexity");
        assertThat(values.get("generator_loss").getAsDouble()).isCloseTo(loss, within(1e-5));

        CommandRunner.Result temperature = evaluate(generator, heldOut(), "--temperature", "2");
        assertThat(temperature.code()).isEqualTo(2);
        assertThat(temperature.err())
                .startsWith("jelectra evaluate: --temperature needs a network beside the generator, " + generator
                        + " has none");
        CommandRunner.Result alone = evaluate(run.resolve("discriminator"), heldOut());
        assertThat(alone.code()).isEqualTo(1);
        assertThat(alone.err())
                .isEqualTo("jelectra: " + run.resolve("discriminator")
                        + ": expected a discriminator and a generator, or a generator, found a pre-trained discriminator"
                        + " (ElectraForPreTraining); import --generator puts a generator beside it\n");
    }

    /** What the values depend on stands beside them. */
    @Test
    void theFileSaysWhatWasMeasured() throws IOException {
        Path run = pretrain("--discriminator-weight", "20", "--objective", "electra-15");
        values(run, heldOut(), "--temperature", "2", "--max-sequences", "3");
        JsonObject json = Json.read(directory.resolve("metrics.json"));
        assertThat(json.get("objective").getAsString()).isEqualTo("electra-15");
        assertThat(json.get("generator_weight").getAsDouble()).isEqualTo(1);
        assertThat(json.get("discriminator_weight").getAsDouble()).isEqualTo(20);
        assertThat(json.get("temperature").getAsDouble()).isEqualTo(2);
        assertThat(json.get("measured_sequences").getAsInt()).isEqualTo(3);
        assertThat(json.get("sequences").getAsInt()).isGreaterThan(3);
        values(run.resolve("generator"), heldOut());
        json = Json.read(directory.resolve("metrics.json"));
        assertThat(json.get("objective").getAsString()).isEqualTo("mlm");
        assertThat(json.keySet()).doesNotContain("temperature", "generator_weight", "discriminator_weight");
        assertThat(json.get("measured_sequences")).isEqualTo(json.get("sequences"));
    }

    /** Export and import keep the masking of the run. */
    @Test
    void aMilestoneIsMeasuredAsItsRun() throws IOException {
        Path run = pretrain("--mask-prob", "0.4", "--snapshot-steps", "3");
        String snapshot = new SnapshotFolder(run).file(3).toString();
        for (String network : List.of("discriminator", "generator")) {
            String folder = directory.resolve(network).toString();
            assertSuccess(CommandRunner.run("export", snapshot, "--network", network, "--output", folder));
        }
        Path half = directory.resolve("half");
        assertSuccess(CommandRunner.run(
                "import",
                directory.resolve("discriminator").toString(),
                "--generator",
                directory.resolve("generator").toString(),
                "--output",
                half.toString()));
        JsonObject logged = JsonParser.parseString(
                        Files.readAllLines(run.resolve("metrics.jsonl")).get(2))
                .getAsJsonObject();
        JsonObject values = values(half, heldOut());
        for (String name : List.of("generator_loss", "discriminator_loss", "discriminator_auc", "total_loss")) {
            assertThat(values.get(name).getAsDouble())
                    .as(name)
                    .isCloseTo(logged.get("eval_" + name).getAsDouble(), within(1e-5));
        }
    }

    @Test
    void theSequencesOfTheRunsEvaluationsAreThoseThatAreMeasured() throws IOException {
        Path run = pretrain("--eval-sequences", "3");
        CommandRunner.Result some = assertSuccess(evaluate(run, heldOut(), "--max-sequences", "3"));
        assertThat(some.out())
                .containsPattern(
                        " sequences of at most 32, measured are 3 of them, evenly spaced; share to guess 0.25, ");
        JsonObject logged = lastLogged(run);
        JsonObject values = values(run, heldOut(), "--max-sequences", "3");
        assertThat(values.get("total_loss").getAsDouble())
                .isCloseTo(logged.get("eval_total_loss").getAsDouble(), within(1e-4));
        assertThat(evaluate(run, heldOut(), "--max-sequences", "1000000").out())
                .doesNotContain("measured are")
                .isEqualTo(evaluate(run, heldOut()).out());
    }

    @Test
    void predictionsThatDoNotFitIntoMemoryAreRefusedBefore() {
        PretrainedEvaluation.requireRoom(1 << 23, 128, Long.MAX_VALUE);
        PretrainedEvaluation.requireRoom(512, 128, 24 << 16);
        assertThatThrownBy(() -> PretrainedEvaluation.requireRoom((1 << 23) + 1, 128, Long.MAX_VALUE))
                .hasMessageStartingWith("8,388,609 sequences: expected at most 8,388,608, ");
        assertThatThrownBy(() -> PretrainedEvaluation.requireRoom(40_000_000, 128, 4L << 30))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "40,000,000 sequences: expected at most 1,048,576, as the 128 predictions of each are ranked in"
                                + " memory, of which there are 4,096 MB; --max-sequences 1048576 measures as many,"
                                + " JELECTRA_JAVA_OPTS=-XmxNg gives more");
    }

    @Test
    void positionsThatWereNotTrainedAreWarnedOf() throws IOException {
        Path run = pretrain();
        assertThat(evaluate(run, heldOut(), "--sequence-length", "33").out())
                .startsWith(
                        "warning: --sequence-length 33: the model was trained on sequences of 32 tokens, its positions"
                                + " beyond may not be trained; leave --sequence-length out, or pre-train on longer sequences first"
                                + " (pretrain --init-from)\n");
        assertThat(evaluate(run, heldOut(), "--sequence-length", "32").out()).doesNotContain("warning");
    }

    @Test
    void optionsAskOtherQuestions() throws IOException {
        Path run = pretrain();
        Path text = heldOut();
        JsonObject usual = values(run, text);
        assertThat(values(run, text, "--seed", "0", "--mask-prob", "0.25", "--sequence-length", "32"))
                .isEqualTo(usual);
        for (String[] other : List.of(
                new String[] {"--seed", "1"},
                new String[] {"--mask-prob", "0.5"},
                new String[] {"--temperature", "0.1"},
                new String[] {"--sequence-length", "16"})) {
            assertThat(values(run, text, other)).as(other[0]).isNotEqualTo(usual);
        }
        // draws other replacements for the same questions
        assertThat(values(run, text, "--temperature", "0.1").get("generator_loss"))
                .isEqualTo(usual.get("generator_loss"));
        Path unknown = Files.writeString(directory.resolve("unknown.txt"), "zebras everywhere");
        assertThat(evaluate(run, unknown).out())
                .contains("warning: 100 % of the tokens are [UNK]: vocabulary or casing does not fit the text\n")
                .contains("2 tokens in 1 sequences of at most 32; share to guess 0.25, temperature 1.0, seed 0\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run --sequence-length 513|the sequence length must not exceed the model's positions, got 513 and 512 (",
                "run --sequence-length 4|the sequence length must be at least 5",
                "run --mask-prob 1|the share of tokens to guess must be in (0, 1), got 1.0 (",
                "run --max-sequences 0|--max-sequences must be positive, got 0 (",
                "run --temperature 0|the temperature must be positive and finite, got 0.0 (",
                "tuned|is fine-tuned: expected --task NAME, which says what FILE holds (",
                "tuned --task tagging --mask-prob 0.1 --blank-lines paragraphs|--mask-prob, --blank-lines needs a pre-trained"
                        + " model, which has no --task (",
                "tuned another.txt --task tagging|expected one FILE with --task, got 2 ("
            })
    void whatDoesNotFitIsRefused(String lineAndMessage) throws IOException {
        String[] parts = lineAndMessage.split("\\|");
        String[] words = parts[0].split(" ");
        Path model = directory.resolve(words[0]);
        if (words[0].equals("run")) {
            pretrain();
        } else {
            Files.writeString(
                    Files.createDirectory(model).resolve("config.json"),
                    "{\"architectures\": [\"ElectraForTokenClassification\"]}");
            Files.write(model.resolve("model.safetensors"), new byte[0]);
        }
        Path text = Files.writeString(directory.resolve("few.txt"), "the cat sees a dog .");
        CommandRunner.Result result =
                evaluate(model, text, List.of(words).subList(1, words.length).toArray(String[]::new));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("jelectra evaluate: ")
                .contains(parts[1])
                .hasLineCount(1);
    }
}
