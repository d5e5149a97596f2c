package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.cli.console.Terminal;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.RunResults;
import org.jelectra.finetune.SeedResult;
import org.jelectra.finetune.StepReport;
import org.junit.jupiter.api.Test;

class FineTuneProgressTest {

    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now = SECOND;

    private FineTuneProgress progress(Terminal terminal, int seeds, boolean onCpuUnasked) {
        PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
        return new FineTuneProgress(out, terminal, null, seeds, () -> onCpuUnasked, () -> now);
    }

    /** A hundredth of an epoch of MNLI on a processor is most of an hour. */
    @Test
    void stepsBetweenReportsAreShown() {
        FineTuneProgress progress = progress(Terminal.NONE, 2, true);
        progress.onSeed(1, null, 0, 36_000);
        for (int step = 1; step <= 4; step++) {
            now += 8 * SECOND;
            progress.onStep(1, step);
        }
        now += 8 * SECOND;
        progress.onReport(1, new StepReport(5, 0.1, 1.1, 1, 1e-5, 250, 40, null));

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "seed 1: 36,000 steps",
                        "step 1/36,000  0 %  ETA ?  8.0 s/step",
                        "step 2/36,000  0 %  ETA 3d 7:59:44  8.0 s/step",
                        "warning: the rest takes about 7 days on the processor, as no GPU can run here (jelectra doctor says"
                                + " why); what helps: a smaller model, fewer --epochs, fewer --seeds, a shorter --max-length,"
                                + " --freeze, or a GPU",
                        "step 4/36,000  0 %  ETA 3d 7:59:28  8.0 s/step",
                        "step 5/36,000  0 %  ETA 3d 7:59:20  250 tokens/s  loss 1.100");
    }

    /** Of three seeds one diverged. */
    @Test
    void seedsThatDivergedAreNamedBesideTheNumbers() {
        FineTuneProgress progress = progress(new Terminal(100, true, false), 3, false);
        progress.onSeed(2, null, 0, 36_000);
        progress.onReport(2, new StepReport(40, 0.1, 1.1, 1, 1e-5, 250, 20, null));
        progress.onDivergence(2, "step 41: the loss became NaN");
        Evaluation evaluation = new Evaluation("accuracy", Map.of("accuracy", 0.75), false);
        List<SeedResult> results = Stream.of(1, 3)
                .map(seed -> new SeedResult(seed, "seed-" + seed, evaluation, 3, 0.75, 3, 6, 1, null))
                .toList();
        progress.end(new RunResults(null, results, Map.of(2L, "step 41: the loss became NaN")), Path.of("out"));

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines().skip(3))
                .containsExactly(
                        "seed 2 diverged: step 41: the loss became NaN",
                        "without the seeds that diverged: 2",
                        "2 runs: mean 0.7500, median 0.7500, standard deviation 0.0000, best 0.7500",
                        "results in " + Path.of("out/results.json"));
    }

    @Test
    void aTerminalKeepsTheLatestReport() {
        FineTuneProgress progress = progress(new Terminal(100, true, false), 1, false);
        progress.onSeed(1, null, 0, 36_000);
        now += 2 * SECOND;
        progress.onStep(1, 4);
        now += 18 * SECOND;
        progress.onReport(1, new StepReport(40, 0.1, 1.1, 1, 1e-5, 250, 20, null));
        now += SECOND;
        progress.onStep(1, 42);

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("seed 1: 36,000 steps" + System.lineSeparator()
                        + "\rstep 4/36,000  0 %  ETA ?  2.0 steps/s\u001b[K"
                        + "\rstep 40/36,000  0 %  ETA 4:59:40  250 tokens/s  loss 1.100\u001b[K"
                        + "\rstep 42/36,000  0 %  ETA 4:59:39  250 tokens/s  loss 1.100\u001b[K");
    }
}
