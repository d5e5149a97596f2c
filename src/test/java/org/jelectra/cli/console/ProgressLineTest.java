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

    /** Preset small on a processor: its metrics are hours apart. */
    @Test
    void aLogTellsOfStepsWhoseMetricsAreFarApartMoreAndMoreRarely() {
        ProgressLine progress = progress(0);
        for (int step = 1; step <= 100; step++) {
            now = 13L * SECOND * step;
            progress.step(step);
        }

        assertThat(shown().lines())
                .containsExactly(
                        "step 2/2,000  0 %  ETA 7:12:54  13.0 s/step",
                        "step 4/2,000  0 %  ETA 7:12:28  13.0 s/step",
                        "step 8/2,000  0 %  ETA 7:11:36  13.0 s/step",
                        "step 16/2,000  0 %  ETA 7:09:52  13.0 s/step",
                        "step 32/2,000  1 %  ETA 7:06:24  13.0 s/step",
                        "step 56/2,000  2 %  ETA 7:01:12  13.0 s/step",
                        "step 80/2,000  4 %  ETA 6:56:00  13.0 s/step");
    }

    @Test
    void metricsThatComeSoonLeaveNothingToTellBetweenThem() {
        ProgressLine progress = progress(0);
        for (int step = 1; step <= 1000; step++) {
            now = step * SECOND / 10;
            if (step % 40 == 0) {
                progress.update(Metrics.step(step, 31.2, false));
            }
            progress.step(step);
        }

        assertThat(shown().lines())
                .hasSize(13)
                .allSatisfy(line -> assertThat(line).contains("loss 31.20"));
    }

    @Test
    void aTerminalShowsStepsEverySecondBesideTheLatestMetrics() {
        ProgressLine progress = progress(200);
        for (int step = 1; step <= 19; step++) {
            now = step * SECOND / 10;
            progress.step(step);
        }
        assertThat(shown()).isEqualTo("\rstep 10/2,000  0 %  ETA 3:19  10.0 steps/s\u001b[K");

        now = 2 * SECOND;
        progress.update(Metrics.step(20, 31.2, false));
        assertThat(shown()).startsWith("\rstep 20/2,000  1 %  ETA 3:18  8,431 tokens/s  loss 31.20 = gen");
        now = 3 * SECOND;
        progress.step(30);
        assertThat(shown()).startsWith("\rstep 30/2,000  1 %  ETA 3:17  8,431 tokens/s  loss 31.20 = gen");
    }

    @Test
    void aRunOfDaysOnAProcessorIsWarnedOfOnce() {
        ProgressLine progress = progress(0);
        SlowRunWarning warning = new SlowRunWarning(() -> true, "a smaller --preset");
        now = 200L * SECOND;
        progress.step(1);
        assertThat(progress.tooLong(warning)).as("the first step").isEmpty();
        now = 400L * SECOND;
        progress.step(2);
        assertThat(progress.tooLong(warning))
                .contains(
                        "the rest takes about 5 days on the processor, as no GPU can run here (jelectra doctor says why);"
                                + " what helps: a smaller --preset, or a GPU");
        assertThat(progress.tooLong(warning)).as("again").isEmpty();
    }

    @Test
    void aRunIsNotWarnedOfThatIsShortOrWhereItWasAskedFor() {
        ProgressLine progress = progress(0);
        assertThat(new SlowRunWarning(() -> true, "").after(2, 4.9, 1e6))
                .as("too early")
                .isEmpty();
        now = 200L * SECOND;
        progress.step(4);
        assertThat(progress.tooLong(new SlowRunWarning(() -> true, "")))
                .as("a day or two")
                .isEmpty();
        now = 4000L * SECOND;
        progress.step(8);
        assertThat(progress.tooLong(new SlowRunWarning(() -> false, "")))
                .as("asked for")
                .isEmpty();
        now = 4100L * SECOND;
        progress.step(1000);
        now += 8 * 3600L * SECOND;
        progress.step(1001);
        assertThat(progress.tooLong(new SlowRunWarning(() -> true, "")))
                .as("after a pause of a night")
                .isEmpty();
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
