package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {

    @TempDir
    Path directory;

    @Test
    void namesAreThoseThatScriptsRelyOn() throws IOException {
        write(Metrics.step(120, 31.2, true));

        JsonObject line = JsonParser.parseString(text().strip()).getAsJsonObject();

        assertThat(line.keySet())
                .containsExactly(
                        "step",
                        "total_loss",
                        "generator_loss",
                        "generator_accuracy",
                        "sampled_accuracy",
                        "replaced_fraction",
                        "discriminator_loss",
                        "discriminator_accuracy",
                        "discriminator_precision",
                        "discriminator_recall",
                        "discriminator_auc",
                        "main_loss",
                        "main_accuracy",
                        "generator_reward",
                        "baseline_loss",
                        "gradient_norm",
                        "learning_rate",
                        "tokens_per_second",
                        "flops_per_second",
                        "elapsed_seconds",
                        "eval_total_loss",
                        "eval_generator_loss",
                        "eval_generator_accuracy",
                        "eval_sampled_accuracy",
                        "eval_replaced_fraction",
                        "eval_discriminator_loss",
                        "eval_discriminator_accuracy",
                        "eval_discriminator_precision",
                        "eval_discriminator_recall",
                        "eval_discriminator_auc",
                        "eval_main_loss",
                        "eval_main_accuracy",
                        "eval_generator_reward",
                        "eval_baseline_loss");
        assertThat(line.get("step").getAsString()).isEqualTo("120");
        assertThat(line.get("total_loss").getAsDouble()).isEqualTo(31.2);
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        List<StepMetrics> steps = List.of(
                Metrics.step(1, 32.123456789012345, false),
                Metrics.step(2, 1.0e-9, true),
                new StepMetrics(3, ModelMetrics.ofMaskedLm(7.5, 0.1), 1, 2, 3, 4, 5, null),
                new StepMetrics(
                        4,
                        ModelMetrics.ofTokenPrediction(9.75, 7.5, 0.1, 0.05, 0.13, 2.25, 0.875),
                        1,
                        2,
                        3,
                        4,
                        5,
                        null),
                new StepMetrics(5, Metrics.step(5, 30, false).training().withPolicy(0.625, 0.69), 1, 2, 3, 4, 5, null));
        write(steps.toArray(StepMetrics[]::new));

        assertThat(MetricsLog.read(directory)).isEqualTo(steps);
    }

    @Test
    void valuesThatAreNotFiniteAreNull() throws IOException {
        write(Metrics.step(1, Double.NaN, false), Metrics.step(2, Double.POSITIVE_INFINITY, false));

        assertThat(text().lines()).allMatch(line -> line.contains("\"total_loss\":null"));
        assertThat(MetricsLog.read(directory))
                .allSatisfy(step -> assertThat(step.training().totalLoss()).isNaN());
    }

    @Test
    void everyLineIsThereAtOnceAndReopeningAppends() throws IOException {
        try (MetricsLog log = MetricsLog.append(directory)) {
            log.write(Metrics.step(1, 3, false));
            assertThat(text()).endsWith("}\n");
        }
        write(Metrics.step(2, 2, false));

        assertThat(MetricsLog.read(directory)).extracting(StepMetrics::step).containsExactly(1L, 2L);
    }

    @Test
    void anUnfinishedLastLineIsPassedOver() throws IOException {
        write(Metrics.step(1, 3, false));
        Files.writeString(file(), text() + "{\"step\":2,\"tot");

        assertThat(MetricsLog.read(directory)).extracting(StepMetrics::step).containsExactly(1L);
    }

    @Test
    void aBrokenLineIsNamed() throws IOException {
        write(Metrics.step(1, 3, false));
        Files.writeString(file(), text() + "oops\n");

        assertThatIOException()
                .isThrownBy(() -> MetricsLog.read(directory))
                .withMessage(file() + ":2: expected a JSON object, got: oops");

        Files.writeString(file(), "{\"epoch\":1}\n");
        assertThatIOException()
                .isThrownBy(() -> MetricsLog.read(directory))
                .withMessage(file() + ":1: expected an object with a \"step\", got: {\"epoch\":1}");
    }

    @Test
    void whatIsNoNumberIsNamed() throws IOException {
        for (String value : List.of("\"high\"", "[1]", "{}", "true")) {
            Files.writeString(file(), "{\"step\":1,\"total_loss\":" + value + "}\n");
            assertThatIOException()
                    .isThrownBy(() -> MetricsLog.read(directory))
                    .withMessage(file() + ":1: expected a number or null for \"total_loss\", got " + value);
        }
        Files.writeString(file(), "{\"step\":1.5}\n");
        assertThatIOException()
                .isThrownBy(() -> MetricsLog.read(directory))
                .withMessage(file() + ":1: expected an object with a \"step\", got: {\"step\":1.5}");
    }

    @Test
    void noLogIsNoSuchFile() {
        assertThatIOException().isThrownBy(() -> MetricsLog.read(directory)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void goesOnAfterAStepWithoutDoubledLines() throws IOException {
        write(Metrics.step(1, 31.2, true), Metrics.step(2, 30.2, false), Metrics.step(3, 29.2, false));
        String whole = text();
        Path file = directory.resolve(MetricsLog.FILE_NAME);
        Files.writeString(file, whole + "{\"step\": 4, \"total_lo");

        assertThat(MetricsLog.truncate(directory, 2))
                .extracting(StepMetrics::step)
                .containsExactly(1L, 2L);
        assertThat(MetricsLog.read(directory)).extracting(StepMetrics::step).containsExactly(1L, 2L);
        write(Metrics.step(3, 29.2, false));
        assertThat(text()).isEqualTo(whole);

        assertThat(MetricsLog.truncate(directory, 9)).hasSize(3);
        assertThat(text()).isEqualTo(whole);
        assertThat(MetricsLog.truncate(directory.resolve("nothing"), 9)).isEmpty();
        Files.writeString(file, whole + "{]\n" + whole);
        assertThatIOException()
                .isThrownBy(() -> MetricsLog.truncate(directory, 9))
                .withMessage(file + ":4: expected a JSON object, got: {]; delete this line to go on without it");
    }

    /** What a power failure leaves at the end of a log: blocks that were never written, before one that was. */
    @Test
    void damageBehindTheStepIsCutOff() throws IOException {
        write(Metrics.step(1, 31.2, true), Metrics.step(3, 30.2, false));
        String whole = text();
        write(Metrics.step(5, 29.2, false));
        String last = text().substring(whole.length());
        for (long step : new long[] {3, 4}) {
            for (String damage : List.of("\0\0\0\n", "\0\0\0\n" + last, "\0\0" + last, "5}\n\0\n" + last)) {
                Files.writeString(file(), whole + damage);
                assertThat(MetricsLog.truncate(directory, step))
                        .extracting(StepMetrics::step)
                        .containsExactly(1L, 3L);
                assertThat(text()).isEqualTo(whole);
            }
        }
        for (String text : List.of("\0\n" + whole, "\0\n" + whole.substring(whole.indexOf('\n') + 1))) {
            Files.writeString(file(), text);
            assertThatIOException()
                    .isThrownBy(() -> MetricsLog.truncate(directory, 3))
                    .withMessageStartingWith(file() + ":1: expected a JSON object, got: ");
            assertThat(text()).isEqualTo(text);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsNamed() throws IOException {
        Files.createSymbolicLink(file(), Path.of("/dev/full"));
        assertThatIOException()
                .isThrownBy(() -> write(Metrics.step(1, 3, false)))
                .withMessage(file() + ": cannot be written (No space left on device)");
    }

    private void write(StepMetrics... steps) throws IOException {
        try (MetricsLog log = MetricsLog.append(directory)) {
            for (StepMetrics step : steps) {
                log.write(step);
            }
        }
    }

    private Path file() {
        return directory.resolve("metrics.jsonl");
    }

    private String text() throws IOException {
        return Files.readString(file());
    }
}
