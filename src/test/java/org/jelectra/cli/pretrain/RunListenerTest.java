package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.jelectra.cli.console.ProgressLine;
import org.jelectra.cli.console.SlowRunWarning;
import org.jelectra.pretrain.Confusion;
import org.jelectra.pretrain.Metrics;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.plot.Curves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunListenerTest {

    private static final SlowRunWarning NEVER_SLOW = new SlowRunWarning(() -> false, "");

    private static String held(double auc) {
        Confusion confusion = new Confusion(19, 0, 0, 1);
        return RunListener.held(3, ModelMetrics.of(31.2, 6.2, 0.1, 0.05, 0.5, confusion, auc));
    }

    /** As at the beginning of electra-15, whose tokens are all replaced. */
    @Test
    void aCurveWithoutOneClassHasNoArea() {
        String measured = "  held-out, step 3: generator loss 6.20, accuracy 10.0 %; discriminator loss 0.500,";
        assertThat(held(0.75)).isEqualTo(measured + " AUC 0.750, finds 95 % of the replaced tokens");
        assertThat(held(Double.NaN)).isEqualTo(measured + " finds 95 % of the replaced tokens");
    }

    private static RunListener listener(Path folder, long betweenDrawings) throws IOException {
        ProgressLine progress = new ProgressLine(new PrintStream(OutputStream.nullOutputStream()), 0, 0, 30, 50);
        return new RunListener(folder, "run", List.of(), progress, null, NEVER_SLOW, took -> betweenDrawings);
    }

    @Test
    void showsStepsBetweenMetricsAndWarnsOfARunOfDays(@TempDir Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AtomicLong now = new AtomicLong();
        ProgressLine progress = new ProgressLine(new PrintStream(bytes), 0, 0, 1_000_000, 50, now::get);
        SlowRunWarning slow = new SlowRunWarning(() -> true, "fewer --max-steps");
        try (RunListener listener = new RunListener(folder, "run", List.of(), progress, null, slow, took -> 0)) {
            for (int step = 1; step <= 3; step++) {
                now.addAndGet(12_000_000_000L);
                listener.onStep(step);
            }
        }
        assertThat(bytes.toString().lines())
                .containsExactly(
                        "step 2/1,000,000  0 %  ETA 138d 21:19:36  12.0 s/step",
                        "warning: the rest takes about 139 days on the processor, as no GPU can run here (jelectra doctor"
                                + " says why); what helps: fewer --max-steps, or a GPU");
    }

    /** The last step of a run is often one that is evaluated. */
    @Test
    void whatThePictureShowsIsNotDrawnAgain(@TempDir Path folder) throws IOException {
        Path picture = folder.resolve(Curves.FILE_NAME);
        try (RunListener listener = listener(folder, 0)) {
            listener.onMetrics(Metrics.step(10, 31, true));
            assertThat(picture).isNotEmptyFile();

            Files.delete(picture);
            listener.curves();
            listener.onMetrics(Metrics.step(20, 30, false));
            assertThat(picture).doesNotExist();
            listener.curves();
            assertThat(picture).isNotEmptyFile();
        }
    }

    @Test
    void theNextDrawingWaitsForWhatOneTakes(@TempDir Path folder) throws IOException {
        List<Long> took = new ArrayList<>();
        ProgressLine progress = new ProgressLine(new PrintStream(OutputStream.nullOutputStream()), 0, 0, 30, 50);
        LongUnaryOperator pause = nanoseconds -> {
            took.add(nanoseconds);
            return 0;
        };
        try (RunListener listener = new RunListener(folder, "run", List.of(), progress, null, NEVER_SLOW, pause)) {
            listener.onMetrics(Metrics.step(10, 31, true));
            assertThat(took).as("the first one loads fonts").containsExactly(0L, 0L);
            listener.onMetrics(Metrics.step(20, 30, true));
            assertThat(took).hasSize(3);
            assertThat(took.get(2)).isPositive();
        }
    }

    @Test
    void evaluationsThatFollowEachOtherQuicklyAreDrawnTogether(@TempDir Path folder) throws IOException {
        Path picture = folder.resolve(Curves.FILE_NAME);
        try (RunListener listener = listener(folder, Long.MAX_VALUE)) {
            listener.onMetrics(Metrics.step(10, 31, true));
            listener.onMetrics(Metrics.step(20, 30, true));
            assertThat(picture).doesNotExist();
            listener.curves();
            assertThat(picture).isNotEmptyFile();
        }
    }
}
