package org.jelectra.cli.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jelectra.cli.CommandRunner;
import org.jelectra.inference.TestModels;
import org.jelectra.io.ProtobufReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jelectra export --format onnx}; directories are in {@link ExchangeCommandTest}. */
class ExportCommandTest {

    private static final String INPUTS = " bytes, inputs input_ids int64 [batch_size, sequence_length],"
            + " attention_mask int64 [batch_size, sequence_length], token_type_ids int64 [batch_size, sequence_length],"
            + " outputs ";

    @TempDir
    private Path directory;

    private String model;

    @BeforeEach
    void write() throws IOException {
        model = TestModels.classifier(directory.resolve("model"), List.of("yes", "no"))
                .toString();
    }

    private void exported(Path file, String outputs, String... options) throws IOException {
        CommandRunner.Result result = CommandRunner.run(options);
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .isEqualTo(file + String.format(Locale.ROOT, ": %,d", Files.size(file)) + INPUTS + outputs
                        + ", opset 17\n");
        assertThat(ProtobufReader.read(file).message(7).messages(12)).hasSize(1);
    }

    @Test
    void theLastLineSaysWhatWasWritten() throws IOException {
        Path file = directory.resolve("new/model.onnx");
        String output = file.toString();
        exported(file, "logits float32 [batch_size, 2]", "export", model, "--format", "onnx", "--output", output);
        exported(
                file,
                "last_hidden_state float32 [batch_size, sequence_length, 32]",
                "export",
                model,
                "--format",
                "ONNX",
                "--encoder",
                "--output",
                output);
    }

    @Test
    void badUseAndBadModels() throws IOException {
        String output = directory.resolve("model.onnx").toString();
        failure(2, "missing required option: '--output=DIR|FILE'", "export", model, "--format", "onnx");
        failure(2, "add --format onnx", "export", model, "--output", output);
        failure(2, "--encoder belongs to", "export", model, "--encoder", "--output", "new");
        failure(
                2,
                "--network belongs to",
                "export",
                model,
                "--format",
                "onnx",
                "--network",
                "generator",
                "--output",
                output);
        failure(
                2,
                "expected one of huggingface, onnx, but was 'tflite'",
                "export",
                model,
                "--format",
                "tflite",
                "--output",
                output);
        failure(2, "--output must end in .onnx, got x.bin", "export", model, "--format", "onnx", "--output", "x.bin");
        failure(1, "none: expected a model", "export", "none", "--format", "onnx", "--output", output);
        String folder = Files.createDirectory(directory.resolve("folder.onnx")).toString();
        failure(1, "expected the path of a file", "export", model, "--format", "onnx", "--output", folder);
        assertThat(Path.of(output)).doesNotExist();
    }

    private static void failure(int code, String message, String... arguments) {
        CommandRunner.Result result = CommandRunner.run(arguments);
        assertThat(result.err().strip()).hasLineCount(1).contains(message);
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.out()).isEmpty();
    }
}
