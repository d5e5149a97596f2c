package org.jelectra.jmh;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.electra.Preset;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.inference.Classification;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.TextClassifier;
import org.jelectra.inference.TextInput;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Labels of texts through {@link TextClassifier}, from strings to probabilities: the distribution of a call's time.
 *
 * <p>{@code jmh/run InferenceBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-modules",
            "jdk.incubator.vector",
            "-XX:+UseParallelGC",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UseTransparentHugePages"
        })
public class InferenceBenchmark {

    /** As in {@code --backend}. */
    @Param("auto")
    public String backend;

    /** Threads of the CPU backend. */
    @Param("2")
    public int threads;

    /** Model sizes. */
    @Param("small")
    public String preset;

    /** Texts of a call. */
    @Param({"1", "32"})
    public int batch;

    /** Tokens of a text, [CLS] and [SEP] among them. */
    @Param({"32", "128"})
    public int length;

    private Path folder;
    private TextClassifier classifier;
    private List<TextInput> texts;

    /** Writes a model with random weights, loads it, and makes texts whose words are one token each. */
    @Setup
    public void prepare() throws IOException {
        Vocabulary vocabulary = Vocabulary.bertUncased();
        folder = Files.createTempDirectory("jelectra-inference");
        try (Backend any = Backends.open(Backends.CPU, 1)) {
            EncoderWithHead<ClassificationHead> model = new EncoderWithHead<>(
                    any,
                    Preset.named(preset).encoder(vocabulary.size()),
                    (arena, sizes) -> new ClassificationHead(arena, sizes, 2),
                    1);
            TaskModelFiles.save(
                    model, 0, folder, TaskModelFiles.SEQUENCE_CLASSIFICATION, List.of("no", "yes"), new JsonObject());
        }
        new TokenizerFiles(vocabulary, WordPieceOptions.uncased(), 512).save(folder);
        List<String> words = new ArrayList<>();
        for (int id = 1000; id < vocabulary.size(); id++) {
            if (vocabulary.token(id).matches("[a-z]{2,}")) {
                words.add(vocabulary.token(id));
            }
        }
        java.util.Random random = new java.util.Random(1);
        texts = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < length - 2; word++) {
                text.append(words.get(random.nextInt(words.size()))).append(' ');
            }
            texts.add(TextInput.of(text.toString()));
        }
        classifier = TextClassifier.load(
                folder, InferenceOptions.of(backend, threads).withBatchSize(Math.max(batch, 1)));
    }

    /** One call. */
    @Benchmark
    public List<Classification> classify() {
        return classifier.classify(texts);
    }

    /** Frees the model and its files. */
    @TearDown
    public void close() throws IOException {
        classifier.close();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
