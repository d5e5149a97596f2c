package org.jelectra.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.io.SafetensorsWriter;
import org.jelectra.text.batch.Batch;
import org.jelectra.text.batch.BatchOptions;
import org.jelectra.text.batch.BatchSource;
import org.jelectra.text.batch.MaskingOptions;
import org.jelectra.text.shards.ShardedCorpus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class InspectCommandTest {

    @TempDir
    Path folder;

    private Path shards;

    @BeforeEach
    void prepare() throws IOException {
        shards = folder.resolve("shards");
        assertSuccess(CommandRunner.run(
                "prepare",
                "--data",
                TinyRun.writeText(folder).toString(),
                "--vocab",
                TinyRun.writeVocabulary(folder).toString(),
                "--output",
                shards.toString(),
                "--sequence-length",
                "32",
                "--held-out",
                "0.2"));
    }

    private static CommandRunner.Result inspect(Path path, String... more) {
        List<String> arguments = new ArrayList<>(List.of("inspect", path.toString()));
        arguments.addAll(Arrays.asList(more));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    @Test
    void showsStatisticsAndTheBatchOfTraining() throws IOException {
        CommandRunner.Result result = inspect(shards, "--step", "2", "--batch", "5", "--seed", "7", "--examples", "2");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("40 documents (0 empty, ", "1,600 kept (100.00 %)", "15 tokens, SHA-256", "lower case")
                .contains("all checksums are right", "row 0 of step 2, training:", "row 1 of step 2, training:")
                .doesNotContain("row 2 of step 2");

        ShardedCorpus corpus = ShardedCorpus.open(shards, ShardedCorpus.Check.SIZES);
        BatchSource source = new BatchSource(
                corpus.packed().training(), new BatchOptions(5, 32), MaskingOptions.standard(), corpus.vocabulary(), 7);
        Batch batch = source.newBatch();
        source.fill(2, batch);
        int masked = 0;
        int kept = 0;
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < 2 * 32; i++) {
            plain.append(corpus.vocabulary().token(batch.inputIds[i])).append(' ');
            masked += batch.maskedInputIds[i] != batch.inputIds[i] ? 1 : 0;
        }
        for (int slot = 0; slot < 2 * batch.slots(); slot++) {
            kept += (int) batch.maskedWeights[slot];
        }
        assertThat(result.out().split("\\[MASK:", -1)).hasSize(masked + 1);
        assertThat(result.out().split("\\[keep:", -1)).hasSize(kept - masked + 1);
        String shown = result.out()
                .substring(result.out().indexOf("training:\n") + 10)
                .replaceAll("row 1 of step 2, training:", "")
                .replaceAll("\\[(MASK|keep):([^]]*)]", "$2")
                .replaceAll("\\s+|##", "");
        assertThat(shown).isEqualTo(plain.toString().replaceAll(" |##|\\[PAD]", ""));
    }

    @Test
    void showsWholeWords() throws IOException {
        Path text = folder.resolve("text.txt");
        Files.writeString(text, Files.readString(text).replace("walk", "walks"));
        shards = folder.resolve("walks");
        assertSuccess(CommandRunner.run(("prepare --sequence-length 32 --data " + text + " --vocab "
                        + folder.resolve("vocabulary.txt") + " --output " + shards)
                .split(" ")));

        String split = "walk\\[(MASK|keep):##s]|\\[(MASK|keep):walk]s";
        assertThat(inspect(shards, "--examples", "40").out()).containsPattern(split);
        assertThat(inspect(shards, "--examples", "40", "--whole-word-masking").out())
                .contains("[MASK:walk][MASK:##s]")
                .doesNotContainPattern(split);
    }

    @Test
    void aShardOrTheManifestWillDo() {
        CommandRunner.Result shard = assertSuccess(inspect(shards.resolve("held-out-00000.shard"), "--examples", "1"));
        assertThat(shard.out()).startsWith("shard     held-out, number 0: ").contains("row 0 of step 0, held-out:");
        CommandRunner.Result manifest =
                assertSuccess(inspect(shards.resolve("manifest.json"), "--held-out", "--examples", "0"));
        assertThat(manifest.out()).endsWith("all checksums are right\n");
    }

    @Test
    void aModelReplacesAndJudges() throws IOException {
        Path run = folder.resolve("run");
        assertSuccess(CommandRunner.run(("pretrain --data " + shards + " --output " + run
                        + " --max-steps 2 --batch 4 --hidden-size 32 --layers 1 --heads 2 --embedding-size 16")
                .split(" ")));
        CommandRunner.Result result = assertSuccess(inspect(shards, "--model", run.toString(), "--examples", "2"));
        assertThat(result.out()).contains("->", "replaced tokens found").containsPattern("\\.[0-9]{2}");
        assertThat(result.out().split("replaced tokens found", -1)).hasSize(3);

        Path vocabulary = run.resolve("discriminator/vocab.txt");
        Files.writeString(vocabulary, Files.readString(vocabulary).replace("cat", "cow"));
        assertFailure(
                inspect(shards, "--model", run.toString()),
                1,
                run + ": not the vocabulary that the text was prepared with");
    }

    @Test
    void weightsThatAreNotFiniteAreNamed() throws IOException {
        Path run = folder.resolve("run");
        CommandRunner.run(("pretrain --data " + shards + " --output " + run
                        + " --max-steps 2 --batch 4 --hidden-size 32 --layers 1 --heads 2 --embedding-size 16")
                .split(" "));
        Path weights = run.resolve("discriminator/model.safetensors");
        String tensor = "discriminator_predictions.dense.weight";
        try (SafetensorsReader reader = SafetensorsReader.open(weights)) {
            List<SafetensorsWriter.Source> tensors = new ArrayList<>();
            for (String name : reader.names()) {
                float[] values = reader.floats(name);
                if (name.equals(tensor)) {
                    Arrays.fill(values, 0, 2, Float.NaN);
                    values[5] = Float.NEGATIVE_INFINITY;
                }
                int[] shape = Arrays.stream(reader.shape(name))
                        .mapToInt(Math::toIntExact)
                        .toArray();
                tensors.add(new SafetensorsWriter.Source(name, shape, () -> values));
            }
            SafetensorsWriter.stream(weights, tensors);
        }
        CommandRunner.Result result = inspect(shards, "--model", run.toString());
        assertThat(result.out())
                .endsWith("all checksums are right\n" + weights + ": " + tensor
                        + ": 2 NaN and 1 infinite of 1,024 values\n");
        assertFailure(result, 1, run + ": expected finite weights, found NaN or infinite values in 1 tensor; ");
    }

    @Test
    void aBatchIsAsLargeAsThatOfARunMayBe() {
        assertThat(inspect(shards, "--batch", "32768", "--examples", "1").code())
                .isZero();
        String expected = "a batch (--batch, or else --examples) must have at most 67108864 tokens, got ";
        assertFailure(
                inspect(shards, "--batch", "2097153"),
                2,
                expected + "67108896, 2097153 sequences of 32; at most 2097152 such sequences fit");
        assertFailure(
                inspect(shards, "--examples", "2000000000"), 2, expected + "64000000000, 2000000000 sequences of 32");
    }

    @Test
    void damageIsAFailure() throws IOException {
        Path shard = shards.resolve("training-00000.shard");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[bytes.length - 1] ^= 1;
        Files.write(shard, bytes);
        assertFailure(inspect(shards), 1, shard + ": damaged: the checksum of its rows is ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "inspect|2|missing required parameter: 'DIR",
                "inspect /none|1|/none: no such file or directory",
                "inspect /|1|/: expected a directory made by 'jelectra prepare', found no manifest.json",
                "inspect pom.xml|1|pom.xml: not a shard, or one that was never completed",
                "inspect / --examples -1|2|--examples and --step must not be negative, got -1 and 0",
                "inspect / --batch 2 --examples 3|2|--batch must be at least 1 and hold the --examples, got 2 and 3",
                "inspect / --step 1|2|--step needs the run's --batch, without which the batches before it are not known",
                "inspect / --backend auto|2|--backend needs --model",
                "inspect / --threads 2 --precision float32|2|--threads, --precision needs --model",
                "inspect / --mask-prob 0|2|the share of tokens to guess must be in (0, 1), got 0.0"
            })
    void badInput(String line, int code, String message) {
        assertFailure(CommandRunner.run(line.split(" ")), code, message);
    }
}
