package org.jelectra.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jelectra.Golden;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models of the golden files, imported, exported and imported again, then loaded by the ordinary commands' code: their logits are
 * those of the float64 reference.
 */
@Tag("every-jdk")
class GoldenExchangeTest {

    @TempDir
    Path folder;

    private Path thereAndBack(Path source) throws IOException {
        ModelImport.run(List.of(source), folder.resolve("imported"));
        HuggingFaceExport.run(
                folder.resolve("imported"), null, folder.resolve("exported"), () -> Backends.open("cpu", 2));
        ModelImport.run(List.of(folder.resolve("exported")), folder.resolve("again"));
        return folder.resolve("again");
    }

    @ParameterizedTest
    @CsvSource({"finetune_cls", "finetune_reg"})
    void sequenceClassification(String name) throws IOException {
        Path source =
                Folders.golden(folder.resolve("hub"), name, "param.", "config", "ElectraForSequenceClassification");
        checkSequences(name, thereAndBack(source));
    }

    @Test
    void pytorchFileOfTheOldFormat() throws IOException {
        Path source = folder.resolve("hub");
        Folders.goldenConfig(source, "finetune_cls", "config", "ElectraForSequenceClassification");
        Folders.resource("float32-legacy.bin", source.resolve("pytorch_model.bin"));
        checkSequences("finetune_cls", thereAndBack(source));
    }

    private static void checkSequences(String name, Path model) throws IOException {
        int outputs = Golden.json(name).get("num_labels").getAsInt();
        try (Backend backend = CpuBackend.create(2);
                SafetensorsReader golden = Golden.safetensors(name)) {
            EncoderWithHead<ClassificationHead> network = EncoderWithHead.untrained(
                    backend, ModelFiles.readConfig(model), (arena, c) -> new ClassificationHead(arena, c, outputs));
            EncoderFiles.loadAll(network, model);
            float[] logits = logits(
                    backend,
                    golden,
                    "input_ids",
                    (tape, inputs) -> network.head()
                            .logits(tape, network.encode(tape, inputs.encoder(), false), inputs.firstTokens(), false));
            close(logits, golden.floats("logits"));
        }
    }

    @Test
    void questionAnswering() throws IOException {
        Path model = thereAndBack(Folders.golden(
                folder.resolve("hub"), "finetune_qa", "param.", "config", "ElectraForQuestionAnswering"));
        try (Backend backend = CpuBackend.create(2);
                SafetensorsReader golden = Golden.safetensors("finetune_qa")) {
            EncoderWithHead<SpanHead> network =
                    EncoderWithHead.untrained(backend, ModelFiles.readConfig(model), SpanHead::new);
            EncoderFiles.loadAll(network, model);
            float[] both = logits(
                    backend,
                    golden,
                    "input_ids",
                    (tape, inputs) -> network.head().logits(tape, network.encode(tape, inputs.encoder(), false)));
            float[] start = golden.floats("pad.start_logits");
            float[] end = golden.floats("pad.end_logits");
            float[] expected = new float[both.length];
            for (int i = 0; i < start.length; i++) {
                expected[2 * i] = start[i];
                expected[2 * i + 1] = end[i];
            }
            close(both, expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pretrain_a", "pretrain_b", "pretrain_c"})
    void bothNetworks(String name) throws IOException {
        Path discriminator = Folders.golden(
                folder.resolve("d"), name, "param.discriminator.", "discriminator_config", "ElectraForPreTraining");
        Path generator =
                Folders.golden(folder.resolve("g"), name, "param.generator.", "generator_config", "ElectraForMaskedLM");
        Path imported = folder.resolve("imported");
        ModelImport.run(List.of(discriminator, generator), imported);
        for (String network : List.of("discriminator", "generator")) {
            HuggingFaceExport.run(imported, network, folder.resolve(network), () -> Backends.open("cpu", 2));
        }
        Path again = folder.resolve("again");
        ModelImport.run(List.of(folder.resolve("generator"), folder.resolve("discriminator")), again);
        checkNetworks(name, again);
    }

    /** Written by TensorFlow, see tensorflow/WriteCheckpoints.java. */
    @ParameterizedTest
    @CsvSource({"a, 4, 2", "b, 2, 3", "c, 2, 1"})
    void checkpointsOfTheOriginalCode(String checkpoint, int heads, int generatorHeads) throws IOException {
        Path source = Folders.checkpoint(folder.resolve("hub"), checkpoint);
        ModelImport.run(List.of(source), new HeadCounts(heads, generatorHeads), folder.resolve("imported"));
        checkNetworks("pretrain_" + checkpoint, folder.resolve("imported"));
    }

    private static void checkNetworks(String name, Path folder) throws IOException {
        try (Backend backend = CpuBackend.create(2);
                SafetensorsReader golden = Golden.safetensors(name)) {
            ElectraModel model = ModelFiles.load(backend, folder);
            float[] found = logits(
                    backend,
                    golden,
                    "corrupted_input_ids",
                    (tape, inputs) -> model.discriminator()
                            .logits(tape, last(model.discriminator().encode(tape, inputs.encoder(), false))));
            close(found, golden.floats("disc_logits"));
            int length = (int) golden.shape("input_ids")[1];
            int slots = (int) golden.shape("masked_positions")[1];
            int[] rows = ints(golden, "masked_positions");
            for (int i = 0; i < rows.length; i++) {
                rows[i] += i / slots * length;
            }
            Tensor masked = Tensor.of("rows", Shape.of(rows.length), backend.allocate(DType.INT32, rows.length), 0);
            backend.upload(rows, 0, masked);
            float[] guesses = logits(
                    backend,
                    golden,
                    "masked_input_ids",
                    (tape, inputs) -> model.generator()
                            .logits(tape, last(model.generator().encode(tape, inputs.encoder(), false)), masked));
            close(guesses, golden.floats("gen_logits_at_masked"));
        }
    }

    private static Variable last(List<Variable> states) {
        return states.get(states.size() - 1);
    }

    private static float[] logits(
            Backend backend, SafetensorsReader golden, String ids, BiFunction<Tape, TokenInputs, Variable> output)
            throws IOException {
        long[] shape = golden.shape(ids);
        TokenInputs inputs = new TokenInputs(backend, (int) shape[0], (int) shape[1]);
        inputs.upload(ints(golden, ids), ints(golden, "attention_mask"), ints(golden, "token_type_ids"));
        Tape tape = new Tape(backend, inputs.clock());
        Tensor logits = tape.keep(output.apply(tape, inputs).value());
        Program program = tape.compile();
        program.forward();
        float[] values = new float[(int) logits.size()];
        backend.download(logits, values, 0);
        return values;
    }

    private static int[] ints(SafetensorsReader golden, String name) throws IOException {
        return Arrays.stream(golden.longs(name)).mapToInt(Math::toIntExact).toArray();
    }

    private static void close(float[] found, float[] expected) {
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isPositive();
        assertThat(found).containsExactly(expected, within(2e-5f * largest));
    }
}
