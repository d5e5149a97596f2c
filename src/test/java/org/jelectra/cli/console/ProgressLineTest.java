package org.jelectra.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jelectra.pretrain.Metrics;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.StepMetrics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-jdk")
class ProgressLineTest {

    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now;

    private ProgressLine progress(int columns) {
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        return new ProgressLine(out, columns, 0, 2000, 50, () -> now);
    }

    private String shown() {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.reset();
        return text;
    }

    @Test
    void showsStepRemainingTimeSpeedAndLosses() {
        ProgressLine progress = progress(0);
        now = 12 * SECOND;
        progress.update(Metrics.step(120, 31.2, false));

        assertThat(shown().strip())
                .isEqualTo("step 120/2,000  6 %  ETA 3:08  8,431 tokens/s  loss 31.20 = gen 6.95 + 50 x disc 0.485"
                        + "  acc 12.1 %  AUC 0.71");
    }

    @Test
    void maskedLanguageModellingHasNoDiscriminator() {
        ProgressLine progress = progress(0);
        now = SECOND;
        progress.update(new StepMetrics(20, ModelMetrics.ofMaskedLm(7.5, 0.1), 1, 2, 3, 4, 5, null));

        assertThat(shown().strip()).endsWith("loss 7.50  acc 10.0 %");
    }

    @Test
    void aMainNetworkThatPredictsTokensHasAnAccuracy() {
        ProgressLine progress =
                new ProgressLine(new PrintStream(bytes, false, StandardCharsets.UTF_8), 0, 0, 2000, 1, () -> now);
        now = SECOND;
        ModelMetrics metrics = ModelMetrics.ofTokenPrediction(9.75, 7.5, 0.1, 0.05, 0.13, 2.25, 0.875);
        progress.update(new StepMetrics(20, metrics, 1, 2, 3, 4, 5, null));

        assertThat(shown().strip()).endsWith("loss 9.75 = gen 7.50 + 1 x main 2.250  acc 10.0 %  main acc 87.5 %");
    }

    @Test
    void anAdversarialGeneratorHasAReward() {
        ProgressLine progress = progress(0);
        now = SECOND;
        ModelMetrics metrics = Metrics.step(20, 31.2, false).training().withPolicy(0.6254, 0.69);
        progress.update(new StepMetrics(20, metrics, 1, 2, 3, 4, 5, null));

        assertThat(shown().strip()).endsWith("50 x disc 0.485  reward 0.625  acc 12.1 %  AUC 0.71");
    }

    @Test
    void aTerminalLineIsRewrittenAndNeverWraps() {
        ProgressLine progress = progress(40);
        now = SECOND;
        progress.update(Metrics.step(1, 31.2, false));
        String first = shown();
        now = SECOND + SECOND / 20;
        progress.update(Metrics.step(2, 31.2, false));
        String tooSoon = shown();
        now = 2 * SECOND;
        progress.update(Metrics.step(3, 31.2, false));
        String second = shown();

        assertThat(first).startsWith("\rstep 1/2,000").endsWith("\u001b[K").doesNotContain("\n");
        assertThat(first.strip().replace("\u001b[K", "")).hasSize(39);
        assertThat(tooSoon).isEmpty();
        assertThat(second).startsWith("\rstep 3/2,000");
    }

    @Test
    void messagesGetALineOfTheirOwn() {
        ProgressLine progress = progress(200);
        now = SECOND;
        progress.update(Metrics.step(1, 31.2, false));
        shown();
        progress.message("held-out: ...");
        progress.close();

        assertThat(shown().lines()).containsExactly("", "held-out: ...");
    }

    @Test
    void logLinesComeEveryFewSecondsAndAtTheEnd() {
        ProgressLine progress = progress(0);
        for (int step = 1; step <= 2000; step++) {
            now = step * SECOND / 100;
            progress.update(Metrics.step(step, 31.2, false));
        }

        assertThat(shown().lines().map(line -> line.substring(0, line.indexOf('/'))))
                .containsExactly("step 1", "step 501", "step 1,001", "step 1,501", "step 2,000");
    }

    @Test
    void aPauseHardlyChangesTheRemainingTime() {
        ProgressLine progress = progress(0);
        for (int step = 1; step <= 1000; step++) {
            now += SECOND / 10;
            progress.update(Metrics.step(step, 31.2, false));
        }
        shown();
        now += 5 * SECOND;
        progress.update(Metrics.step(1001, 31.2, false));

        // 999 steps of 0.1 s are 1:40, of 5 s would be 83 minutes
        assertThat(shown()).containsPattern("ETA (1:[45]|2:0)\\d ");
    }

    @Test
    void durations() {
        assertThat(Durations.text(7.2)).isEqualTo("0:07");
        assertThat(Durations.text(161)).isEqualTo("2:41");
        assertThat(Durations.text(3 * 3600 + 129)).isEqualTo("3:02:09");
        assertThat(Durations.text(2 * 86400 + 5.5 * 3600)).isEqualTo("2d 5:30:00");
        assertThat(Durations.text(Double.NaN)).isEqualTo("?");
        assertThat(Durations.text(-1)).isEqualTo("?");
    }
}
