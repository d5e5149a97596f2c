package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportLogTest {

    @TempDir
    private Path folder;

    private static StepReport report(int step, double value) {
        Evaluation evaluation = new Evaluation("pearson", Map.of("pearson", value), false);
        return new StepReport(step, 0.5, 3.25, Double.POSITIVE_INFINITY, 1e-4, 1000, 7, evaluation);
    }

    private Path file() {
        return folder.resolve("metrics.jsonl");
    }

    @Test
    void goesOnAfterAStep() throws IOException {
        StepReport plain = new StepReport(4, 0.25, 4, 1, 1e-4, 1000, 3, null);
        try (ReportLog log = new ReportLog(folder, 0)) {
            log.add(plain);
            log.add(report(8, Double.NaN));
            log.force();
        }
        assertThat(Files.readAllLines(file()).get(1)).contains("\"gradient_norm\":null", "\"eval_pearson\":null");
        String whole = Files.readString(file());
        Files.writeString(file(), whole + "{\"step\":12,\"ep");
        try (ReportLog log = new ReportLog(folder, 8)) {
            assertThat(log.reports()).hasSize(2).first().isEqualTo(plain);
            assertThat(log.reports().get(1).evaluation())
                    .isEqualTo(report(8, Double.NaN).evaluation());
            assertThat(log.reports().get(1).gradientNorm()).isNaN();
        }
        assertThat(Files.readString(file())).isEqualTo(whole);
        try (ReportLog log = new ReportLog(folder, 7)) {
            assertThat(log.reports()).containsExactly(plain);
        }
    }

    @Test
    void aBrokenLineIsNamed() throws IOException {
        for (String line : List.of("{\"epoch\":1}", "[]", "{\"step\":8,\"loss\":\"low\"}")) {
            Files.writeString(file(), "{\"step\":4}\n" + line + "\n{\"step\":8}\n");
            assertThatIOException()
                    .isThrownBy(() -> new ReportLog(folder, 8))
                    .withMessageStartingWith(file() + ":2: expected ");
        }
    }
}
