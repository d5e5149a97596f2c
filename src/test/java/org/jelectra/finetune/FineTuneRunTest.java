package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.TaskFolder;
import org.jelectra.finetune.tasks.ClassificationTask;
import org.jelectra.finetune.tasks.FineTunedModel;
import org.jelectra.finetune.tasks.TaskData;
import org.jelectra.io.ChangedSnapshot;
import org.jelectra.io.Json;
import org.jelectra.io.SnapshotReader;
import org.jelectra.io.SnapshotWriter;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.DType;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An interrupted run goes on bit for bit, for any number of threads. */
class FineTuneRunTest {

    private static final Vocabulary VOCABULARY =
            Vocabulary.of(List.of("[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]", "cat", "dog", "sees", "the"));

    /** A rate so large that the second seed forgets what it has learnt: the development set is best after step 3 of 15. */
    private static final double TOO_LARGE = 0.3;

    /** Of this processor. */
    private static final String KERNELS = kernels();

    private static String kernels() {
        try (Backend backend = CpuBackend.create(1)) {
            return backend.kernels();
        }
    }

    @TempDir
    private Path directory;

    private TaskData data;

    @BeforeEach
    void write() throws IOException {
        StringBuilder text = new StringBuilder("index\tsentence1\tsentence2\tlabel\n");
        for (int i = 0; i < 37; i++) {
            text.append(i).append("\tthe cat").append(" sees".repeat(i % 25)).append("\tdog cat\t");
            // as many of both, so that a rate that is too large has its best evaluation before the last
            text.append(i % 2 == 0 ? "entailment" : "not_entailment").append('\n');
        }
        Files.writeString(directory.resolve("train.tsv"), text);
        Files.writeString(directory.resolve("dev.tsv"), text);
        data = TaskData.load(GlueTasks.find("RTE"), directory);
    }

    /** Null for none. */
    private Integer frozenLayers;

    private boolean keepsBest;

    private int microBatches = 1;

    private final List<String> warnings = new ArrayList<>();

    /** Step after which the thread is interrupted; 0 for none. */
    private int interruptedStep;

    /** Seeds whose weights are no numbers. */
    private final Set<Long> broken = new HashSet<>();

    private final class StopAfter implements FineTuneRunListener {
        private final int reports;
        private int seen;
        private final int interruptedStep;

        StopAfter(int reports, int interruptedStep) {
            this.reports = reports;
            this.interruptedStep = interruptedStep;
        }

        @Override
        public void onStep(long seed, int step) {
            if (step == interruptedStep) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onReport(long seed, StepReport report) {
            seen++;
        }

        @Override
        public void onWarning(String warning) {
            warnings.add(warning);
        }

        @Override
        public boolean isInterrupted() {
            return seen >= reports;
        }
    }

    private Optional<List<SeedResult>> run(Path output, int threads, boolean resumes, int reports, double rate)
            throws IOException {
        return run(output, threads, resumes, reports, rate, 0, 48);
    }

    private Optional<List<SeedResult>> run(
            Path output, int threads, boolean resumes, int reports, double rate, double snapshotMinutes, int maxLength)
            throws IOException {
        EncoderConfig config = new EncoderConfig(VOCABULARY.size(), 8, 16, 2, 2, 32, 64, 2, 0.1f, 0.1f, 1e-12f, 0.02f);
        FineTuneSettings settings = new FineTuneSettings(
                rate, 0.8, true, 0.01, 3, 0.1, 8, microBatches, maxLength, Reduction.SUM, 2, frozenLayers, 7);
        TokenizerFiles tokenizer = new TokenizerFiles(VOCABULARY, WordPieceOptions.uncased(), 48);
        Map<String, Path> files = TaskFolder.files(GlueTasks.find("RTE"), directory);
        FineTunePlan plan = new FineTunePlan(
                "RTE",
                null,
                directory,
                InitialWeights.RANDOM,
                config,
                tokenizer,
                files,
                null,
                null,
                settings,
                keepsBest,
                2,
                output,
                snapshotMinutes,
                resumes);
        WordPiece wordPiece = new WordPiece(VOCABULARY, WordPieceOptions.uncased());
        FineTuningTask.Factory tasks = (backend, sizes, seed) -> {
            FineTuningTask task = new ClassificationTask(backend, sizes, seed, data, wordPiece);
            if (broken.contains(seed.seed())) {
                backend.fill(task.model().parameters().values(), Float.NaN).run();
            }
            return task;
        };
        return new FineTuneRun(() -> cpu(threads), plan, tasks, new StopAfter(reports, interruptedStep)).run();
    }

    private static Backend cpu(int threads) {
        return CpuBackend.create(threads);
    }

    @ParameterizedTest
    @CsvSource({", 1", "1, 1", ", 2"})
    void goesOnBitForBit(Integer frozen, int parts) throws IOException {
        frozenLayers = frozen;
        microBatches = parts;
        Path whole = directory.resolve("whole");
        List<SeedResult> expected =
                run(whole, 2, false, Integer.MAX_VALUE, 1e-3).orElseThrow();
        Path pieces = directory.resolve("pieces");
        assertThat(run(pieces, 1, false, 5, 1e-3)).isEmpty();
        assertThat(pieces.resolve("seed-7/run.snapshot")).isRegularFile();
        assertThat(run(pieces, 2, true, 13, 1e-3)).isEmpty();
        assertThat(run(pieces, 1, true, 9, 1e-3)).isEmpty();
        List<SeedResult> resumed = run(pieces, 1, true, Integer.MAX_VALUE, 1e-3).orElseThrow();
        for (int i = 0; i < 2; i++) {
            assertThat(resumed.get(i).evaluation()).isEqualTo(expected.get(i).evaluation());
            assertThat(resumed.get(i).bestStep()).isEqualTo(expected.get(i).bestStep());
            String weights = "seed-" + (7 + i) + "/model.safetensors";
            assertThat(Files.readAllBytes(pieces.resolve(weights)))
                    .isEqualTo(Files.readAllBytes(whole.resolve(weights)));
            String log = "seed-" + (7 + i) + "/metrics.jsonl";
            assertThat(withoutTimes(pieces.resolve(log))).isEqualTo(withoutTimes(whole.resolve(log)));
        }
        assertThat(Files.readAllBytes(whole.resolve("seed-7/model.safetensors")))
                .isNotEqualTo(Files.readAllBytes(whole.resolve("seed-8/model.safetensors")));
    }

    @Test
    void anInterruptedThreadEndsItAsAListenerDoes() throws IOException {
        Path whole = directory.resolve("whole");
        run(whole, 1, false, Integer.MAX_VALUE, 1e-3);
        Path pieces = directory.resolve("pieces");
        interruptedStep = 4;
        assertThat(run(pieces, 1, false, Integer.MAX_VALUE, 1e-3)).isEmpty();
        assertThat(Thread.interrupted()).as("the caller knows of it").isTrue();
        assertThat(pieces.resolve("seed-7/run.snapshot")).isRegularFile();
        interruptedStep = 0;
        assertThat(run(pieces, 1, true, Integer.MAX_VALUE, 1e-3)).isPresent();
        for (String file : List.of("seed-7/model.safetensors", "seed-8/model.safetensors")) {
            assertThat(pieces.resolve(file)).hasBinaryContent(Files.readAllBytes(whole.resolve(file)));
        }
    }

    /** A file of a run whose batches are computed at once says nothing of parts, as those say that were written before there were any. */
    @Test
    void aRunGoesOnInAsManyPartsOnly() throws IOException {
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, Integer.MAX_VALUE, 1e-3)).isPresent();
        assertThat(RunResults.settings(output).has("microBatches")).isFalse();
        microBatches = 4;
        assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 1e-3))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("other settings: microBatches (--accumulate) was not given, now 4");
        Path other = directory.resolve("other");
        assertThat(run(other, 1, false, Integer.MAX_VALUE, 1e-3)).isPresent();
        assertThat(RunResults.settings(other).get("microBatches").getAsInt()).isEqualTo(4);
    }

    /** Whichever evaluation was the best: the weights that are saved are those that were measured there, also after interruptions. */
    @Test
    void theBestIsKept() throws IOException {
        Path last = directory.resolve("last");
        SeedResult ofTheLast =
                run(last, 2, false, Integer.MAX_VALUE, TOO_LARGE).orElseThrow().get(1);
        assertThat(ofTheLast.keptStep()).isEqualTo(ofTheLast.steps());
        assertThat(ofTheLast.bestStep()).as("a test of something").isLessThan(ofTheLast.steps());
        assertThat(Json.read(last.resolve("results.json")).get("kept").getAsString())
                .isEqualTo("last");
        keepsBest = true;
        Path whole = directory.resolve("whole");
        SeedResult best =
                run(whole, 2, false, Integer.MAX_VALUE, TOO_LARGE).orElseThrow().get(1);
        assertThat(best.keptStep()).isEqualTo(ofTheLast.bestStep());
        assertThat(best.evaluation().value()).isEqualTo(ofTheLast.bestValue());
        JsonObject results = Json.read(whole.resolve("results.json"));
        assertThat(results.get("kept").getAsString()).isEqualTo("best on the development set");
        JsonObject seed = results.getAsJsonArray("seeds").get(1).getAsJsonObject();
        assertThat(seed.get("kept_step").getAsInt()).isEqualTo(best.bestStep());
        assertThat(seed.get("value").getAsDouble()).isEqualTo(best.bestValue());
        String weights = "seed-8/model.safetensors";
        assertThat(whole.resolve(weights)).binaryContent().isNotEqualTo(Files.readAllBytes(last.resolve(weights)));
        try (Backend backend = cpu(1)) {
            Evaluation measured = new FineTunedModel(backend, whole.resolve("seed-8"))
                    .evaluate(GlueTasks.find("RTE"), directory.resolve("dev.tsv"))
                    .evaluation();
            assertThat(measured.values()).isEqualTo(best.evaluation().values());
        }

        for (int reports : List.of(2, 9, 20)) {
            Path parts = directory.resolve("parts-" + reports);
            assertThat(run(parts, 1, false, reports, TOO_LARGE)).isEmpty();
            SeedResult resumed = run(parts, 1, true, Integer.MAX_VALUE, TOO_LARGE)
                    .orElseThrow()
                    .get(1);
            assertThat(resumed.keptStep()).isEqualTo(best.keptStep());
            assertThat(parts.resolve(weights)).hasBinaryContent(Files.readAllBytes(whole.resolve(weights)));
        }
        keepsBest = false;
        assertThatThrownBy(() -> run(whole, 1, true, Integer.MAX_VALUE, TOO_LARGE))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("other settings: keep was best, now not given");
    }

    /** A seed that ended after its last snapshot and before its result, on a full disk perhaps, whose log was lost since. */
    @Test
    void whatALogHasLostIsMeasuredAgain() throws IOException {
        Path whole = directory.resolve("whole");
        SeedResult expected =
                run(whole, 1, false, Integer.MAX_VALUE, 1e-3).orElseThrow().get(0);
        for (int lost : List.of(1, 1000)) {
            Path output = directory.resolve("lost-" + lost);
            Path obstacle = output.resolve("seed-7/model.safetensors");
            Files.createDirectories(obstacle);
            double everyStep = 1e-12;
            assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 1e-3, everyStep, 48))
                    .hasMessageContaining("found a directory");
            Files.delete(obstacle);
            Path log = output.resolve("seed-7/metrics.jsonl");
            List<String> lines = Files.readAllLines(log);
            Files.write(log, lines.subList(0, Math.max(0, lines.size() - lost)));
            SeedResult result =
                    run(output, 1, true, Integer.MAX_VALUE, 1e-3).orElseThrow().get(0);
            assertThat(result.evaluation()).isEqualTo(expected.evaluation());
            assertThat(result.steps()).isEqualTo(expected.steps());
        }
    }

    @Test
    void aSeedThatDivergesStopsNoOther() throws IOException {
        Path output = directory.resolve("out");
        String nan = "step 1: the loss became NaN and the norm of the gradient NaN; try a smaller learning rate";
        broken.add(7L);
        assertThatThrownBy(() -> run(output, 1, false, Integer.MAX_VALUE, 1e-3))
                .isInstanceOfSatisfying(SeedsDivergedException.class, e -> {
                    assertThat(e.results()).extracting(SeedResult::seed).containsExactly(8L);
                    assertThat(e.reasons()).containsExactly(Map.entry(7L, nan));
                })
                .hasMessage("seed 7: " + nan + "; the other seeds are in " + output.resolve("results.json"));
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.getAsJsonArray("seeds")).hasSize(1);
        assertThat(results.getAsJsonArray("diverged")).hasToString("[{\"seed\":7,\"reason\":\"" + nan + "\"}]");

        assertThat(output.resolve("seed-7/run.snapshot")).doesNotExist();
        broken.clear();
        assertThat(run(output, 1, true, Integer.MAX_VALUE, 1e-3).orElseThrow())
                .extracting(SeedResult::seed)
                .containsExactly(7L, 8L);
        assertThat(Json.read(output.resolve("results.json")).has("diverged")).isFalse();
    }

    @Test
    void whereNoSeedEndsThereAreNoResults() {
        Path output = directory.resolve("out");
        broken.addAll(List.of(7L, 8L));
        assertThatThrownBy(() -> run(output, 1, false, Integer.MAX_VALUE, 1e-3))
                .isInstanceOf(SeedsDivergedException.class)
                .hasMessageStartingWith("seed 7: step 1: the loss became NaN ")
                .hasMessageEndingWith("; try a smaller learning rate; seed 8 diverged too");
        assertThat(output.resolve("results.json")).doesNotExist();
    }

    /** The encoder has positions for 64 tokens and was trained on 48; the task measures what is left of an example at 12. */
    @Test
    void aSavedModelReadsAsItWasMeasured() throws IOException {
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, Integer.MAX_VALUE, 1e-3, 0, 12)).isPresent();
        assertThat(TokenizerFiles.load(output.resolve("seed-7"), 64).maxLength())
                .isEqualTo(12);
        JsonObject config = Json.read(output.resolve("seed-7/config.json"));
        assertThat(config.get("pad_token_id").getAsInt()).isEqualTo(1);
    }

    @Test
    void whatAKilledProcessHasLeftIsDeleted() throws IOException {
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        Path snapshot = output.resolve("seed-7/run.snapshot");
        byte[] bytes = Files.readAllBytes(snapshot);
        Path half = Files.write(snapshot.resolveSibling(".run.snapshot." + UUID.randomUUID() + ".tmp"), new byte[9]);
        Path results = Files.write(output.resolve(".results.json." + UUID.randomUUID() + ".tmp"), new byte[9]);
        assertThat(run(output, 1, true, Integer.MAX_VALUE, 1e-3)).isPresent();
        assertThat(half).doesNotExist();
        assertThat(results).doesNotExist();

        // killed after its result was written
        Files.write(snapshot, bytes);
        assertThat(run(output, 1, true, Integer.MAX_VALUE, 1e-3)).isPresent();
        assertThat(snapshot).doesNotExist();
    }

    @Test
    void aDamagedFileOfASeedIsNamedWithWhatHelps() throws IOException {
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        for (String name : List.of("seed-7/run.snapshot", "seed-8/result.json")) {
            Path file = output.resolve(name);
            Files.write(file, new byte[0]);
            assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 1e-3))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + ": ")
                    .hasMessageEndingWith("; delete it to begin this seed anew");
            assertThatThrownBy(() -> FineTuneRun.precision(output))
                    .hasMessageEndingWith("; delete it to begin this seed anew");
            Files.delete(file);
            assertThat(run(output, 1, true, Integer.MAX_VALUE, 1e-3)).isPresent();
        }
    }

    private static void changeSnapshot(Path output, Consumer<JsonObject> change) throws IOException {
        List<String> sections = List.of("parameters", "first_moments", "second_moments");
        ChangedSnapshot.change(output.resolve("seed-7/run.snapshot"), sections, change);
    }

    private static void computedBy(JsonObject json, String backend, String kernels, String valueType) {
        assertThat(json.get("backend").getAsString()).isEqualTo("cpu");
        assertThat(json.get("kernels").getAsString()).isEqualTo(KERNELS);
        assertThat(json.get("valueType").getAsString()).isEqualTo("FLOAT32");
        json.addProperty("backend", backend);
        json.addProperty("kernels", kernels);
        if (kernels == null) {
            json.remove("kernels"); // as of a backend with one kind, or in a file of an older version
        }
        json.addProperty("valueType", valueType);
    }

    @ParameterizedTest
    @CsvSource({
        "cuda, , FLOAT32, cuda in float32",
        "cuda, , BFLOAT16, cuda in bf16",
        "cpu, own, BFLOAT16, cpu in bf16 (kernels: own)",
        "cpu, other, FLOAT32, cpu in float32 (kernels: other)",
        "cpu, own, FLOAT32,",
        "cpu, , FLOAT32,"
    })
    void whatComputesInAnotherWayIsWarnedOf(String backend, String kind, String valueType, String computed)
            throws IOException {
        String kernels = "own".equals(kind) ? KERNELS : kind;
        String before = computed == null ? null : computed.replace("own", KERNELS);
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        changeSnapshot(output, content -> computedBy(content, backend, kernels, valueType));
        assertThat(run(output, 1, true, Integer.MAX_VALUE, 1e-3)).isPresent();
        assertThat(warnings)
                .isEqualTo(
                        before == null
                                ? List.of()
                                : List.of("seed 7 was computed by backend " + before
                                        + ", now it is cpu in float32 (kernels: " + KERNELS
                                        + "): it goes on, but not bit for bit"));

        warnings.clear();
        Path result = output.resolve("seed-7/result.json");
        JsonObject json = Json.read(result);
        computedBy(json, backend, kernels, valueType);
        Json.write(result, json);
        Path second = output.resolve("seed-8/result.json");
        for (boolean done : List.of(true, false)) {
            if (!done) {
                Files.delete(second);
            }
            assertThat(run(output, 1, true, Integer.MAX_VALUE, 1e-3)).isPresent();
            assertThat(warnings)
                    .isEqualTo(
                            before == null
                                    ? List.of()
                                    : List.of("the seeds before were computed by backend " + before
                                            + ", seed 8 by cpu in float32 (kernels: " + KERNELS
                                            + "): results.json has both"));
            warnings.clear();
        }
    }

    @Test
    void aPrecisionThatIsNoneIsNamed() throws IOException {
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        changeSnapshot(output, content -> computedBy(content, "cpu", KERNELS, "half"));
        assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 1e-3))
                .isInstanceOf(IOException.class)
                .hasMessage(output.resolve("seed-7/run.snapshot")
                        + ": \"valueType\": expected one of [FLOAT32, BFLOAT16, INT32], found half");

        changeSnapshot(output, content -> content.remove("valueType"));
        assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 1e-3))
                .hasMessage(output.resolve("seed-7/run.snapshot") + ": the field \"valueType\" is missing");
    }

    @Test
    void aStateThatLacksANumberIsNamed() throws IOException {
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        changeSnapshot(output, content -> content.getAsJsonObject("state").remove("step"));
        assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 1e-3))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        output.resolve("seed-7/run.snapshot") + ": \"state\" is not understood: step is missing, as in"
                                + " what an older version of jelectra has written; delete it to begin this seed anew");
    }

    @Test
    void thePrecisionIsThatOfTheSeedThatGoesOn() throws IOException {
        Path output = directory.resolve("out");
        assertThat(FineTuneRun.precision(output)).isNull();
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        assertThat(FineTuneRun.precision(output)).isEqualTo(DType.FLOAT32);
        changeSnapshot(output, content -> computedBy(content, "cuda", null, "BFLOAT16"));
        assertThat(FineTuneRun.precision(output)).isEqualTo(DType.BFLOAT16);
        assertThat(run(output, 1, true, Integer.MAX_VALUE, 1e-3)).isPresent();
        assertThat(FineTuneRun.precision(output)).isEqualTo(DType.FLOAT32);
    }

    /** As of a version that gave memory to more or fewer values. */
    @Test
    void aSnapshotOfAnotherLayoutIsNamed() throws IOException {
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        Path snapshot = output.resolve("seed-7/run.snapshot");
        JsonObject content;
        try (SnapshotReader reader = SnapshotReader.open(snapshot)) {
            content = reader.content();
        }
        SnapshotWriter.write(
                snapshot,
                content,
                List.of(new SnapshotWriter.Section("parameters", 4, (position, chunk) -> chunk.putInt(0))));
        assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 1e-3))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(snapshot + ": the snapshot's parameters take 4 bytes, but the model has ")
                .hasMessageEndingWith("another layout of the parameters; delete it to begin this seed anew");
        Files.delete(snapshot);
        assertThat(run(output, 1, true, 2, 1e-3)).isEmpty();
    }

    @Test
    void otherSettingsAreRefused() throws IOException {
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 2e-3))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("other settings: learningRate was 0.001, now 0.002");
    }

    @Test
    void otherFrozenLayersAreRefused() throws IOException {
        Path output = directory.resolve("out");
        frozenLayers = 1;
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        frozenLayers = null;
        assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 1e-3))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("other settings: frozenLayers was 1, now not given");
        frozenLayers = 3;
        assertThatThrownBy(() -> run(directory.resolve("other"), 1, false, 2, 1e-3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the number of frozen layers must be from 0 to 2, got 3");
        frozenLayers = -1;
        assertThatThrownBy(() -> run(directory.resolve("other"), 1, false, 2, 1e-3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the number of frozen layers must not be negative, got -1");
    }

    @Test
    void otherDataIsRefused() throws IOException {
        Path output = directory.resolve("out");
        assertThat(run(output, 1, false, 2, 1e-3)).isEmpty();
        Path dev = directory.resolve("dev.tsv");
        Files.writeString(dev, Files.readString(dev).replace("cat", "dog"));
        assertThatThrownBy(() -> run(output, 1, true, Integer.MAX_VALUE, 1e-3))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(".*run.snapshot: written by a run with other settings: "
                        + "SHA-256 of dev.tsv was [0-9a-f]{12}..., now [0-9a-f]{12}...");
    }

    private static List<String> withoutTimes(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .map(line -> line.replaceAll("\"(tokens_per_second|elapsed_seconds)\":[^,}]*", ""))
                .toList();
    }
}
