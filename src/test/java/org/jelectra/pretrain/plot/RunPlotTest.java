package org.jelectra.pretrain.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jelectra.io.Json;
import org.jelectra.io.JsonLinesLog;
import org.jelectra.pretrain.Metrics;
import org.jelectra.pretrain.MetricsJson;
import org.jelectra.pretrain.StepMetrics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

@Tag("every-jdk")
class RunPlotTest {

    @TempDir
    Path directory;

    private static final PlottedRun FIRST = run("first", Metrics.run(300, 10, true), 0);
    private static final PlottedRun SECOND = run("second & last", Metrics.run(200, 20, true), 512);

    private static PlottedRun run(String label, List<StepMetrics> metrics, long tokensPerStep) {
        return new PlottedRun(label, metrics.stream().map(RunPlotTest::step).toList(), tokensPerStep);
    }

    /** As the log has it. */
    private static PlottedRun.Step step(StepMetrics metrics) {
        JsonObject line = new JsonObject();
        line.addProperty(JsonLinesLog.STEP, metrics.step());
        MetricsJson.values(metrics).forEach((name, value) -> line.add(name, Json.number(value)));
        return PlottedRun.Step.of(line);
    }

    private static RunPlot plot(PlotAxis axis, double smoothing, String... metrics) {
        return new RunPlot(List.of(FIRST, SECOND), List.of(metrics), axis, smoothing);
    }

    @Test
    void pixelsOfEveryRunInEveryPanel() throws IOException {
        Path file = directory.resolve("a.png");
        plot(PlotAxis.STEP, 0.5).write(file);

        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(1520);
        assertThat(image.getHeight()).isEqualTo(56 + 2 * 380);
        for (int panel = 0; panel < 4; panel++) {
            BufferedImage part = image.getSubimage(panel % 2 * 760, 56 + panel / 2 * 380, 760, 380);
            Set<Integer> colors = new HashSet<>();
            for (int pixel : part.getRGB(0, 0, 760, 380, null, 0, 760)) {
                colors.add(pixel & 0xffffff);
            }
            assertThat(colors).as("panel %d", panel).contains(0x0072B2, 0xD55E00);
        }
    }

    @Test
    void shapesOfEveryRunInTheSvg() throws Exception {
        Path file = directory.resolve("a.SVG");
        plot(PlotAxis.TIME, 0, "generator_loss", "eval_discriminator_auc").write(file);

        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        Document svg = factory.newDocumentBuilder().parse(file.toFile());
        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        // the words of a panel are shapes too
        assertThat(svg.getElementsByTagName("text").item(0).getTextContent()).isEqualTo("2 runs");
        NodeList paths = svg.getElementsByTagName("path");
        assertThat(Files.readString(file))
                .contains("width=\"1520px\"", "height=\"436px\"")
                .contains("rgb(0,114,178)", "rgb(213,94,0)");
        assertThat(paths.getLength()).isGreaterThan(20);
    }

    @Test
    void theAxisDecidesThePlace() {
        PlottedRun.Step step = step(Metrics.step(120, 3, false));
        assertThat(PlotAxis.STEP.place(SECOND, step)).isEqualTo(120);
        assertThat(PlotAxis.TOKENS.place(SECOND, step)).isEqualTo(120 * 512);
        assertThat(PlotAxis.TIME.place(SECOND, step)).isEqualTo(12.5);
    }

    @Test
    void smoothingIsAnAverageOfThePast() {
        Points points = new Points(new double[] {1, 2, 3}, new double[] {4, 8, 0});
        assertThat(points.smoothed(0).values()).containsExactly(4, 8, 0);
        // (4/4 + 8/2) / (3/4), and that average again halved, over 7/8
        assertThat(points.smoothed(0.5).values()).containsExactly(new double[] {4, 20 / 3.0, 20 / 7.0}, within(1e-12));
    }

    @Test
    void whatCannotBePlottedIsRefused() {
        assertRefused(() -> plot(PlotAxis.STEP, 0, "loss"), "expected metrics among total_loss, generator_loss, ");
        assertRefused(
                () -> plot(PlotAxis.STEP, 1, "total_loss"), "expected a smoothing from 0 to less than 1, got 1.0");
        assertRefused(() -> plot(PlotAxis.STEP, Double.NaN, "total_loss"), "got NaN");
        assertRefused(() -> plot(PlotAxis.TOKENS, 0, "total_loss"), "first: its tokens per step are not known");
        JsonObject withoutTime = new JsonObject();
        withoutTime.addProperty(JsonLinesLog.STEP, 1);
        withoutTime.addProperty("total_loss", 2);
        PlottedRun timeless = new PlottedRun("timeless", List.of(PlottedRun.Step.of(withoutTime)), 0);
        assertRefused(
                () -> new RunPlot(List.of(FIRST, timeless), List.of("total_loss"), PlotAxis.TIME, 0),
                "timeless: its log has no elapsed_seconds; use another axis");
        assertRefused(
                () -> new RunPlot(List.of(), List.of("total_loss"), PlotAxis.STEP, 0),
                "expected at least one run, got none");
        assertRefused(
                () -> new RunPlot(List.of(FIRST, FIRST), List.of("total_loss"), PlotAxis.STEP, 0),
                "expected runs of different names, got first twice");
        assertRefused(
                () -> write(plot(PlotAxis.STEP, 0, "total_loss"), "a.pdf"),
                "expected a picture's name ending in .png or .svg, got ");
        PlottedRun baseline = run("mlm", Metrics.run(5, 1, false), 0);
        assertThatIOException()
                .isThrownBy(() -> new RunPlot(List.of(baseline), List.of("discriminator_auc"), PlotAxis.STEP, 0)
                        .write(directory.resolve("b.png")))
                .withMessage("expected runs with values of discriminator_auc, found none in mlm");
        assertThat(directory).isEmptyDirectory();
    }

    private void write(RunPlot plot, String name) {
        try {
            plot.write(directory.resolve(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(message);
    }

    @Test
    void runsAreReadFromTheirDirectories() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> PlottedRun.read(directory, "a"))
                .withMessage(directory
                        + ": expected the directory of a run of 'jelectra pretrain' or 'jelectra finetune', found no"
                        + " metrics.jsonl");
        Path metrics = Files.writeString(directory.resolve("metrics.jsonl"), "{\"step\": 1");
        assertThatIOException()
                .isThrownBy(() -> PlottedRun.read(directory, "a"))
                .withMessage(metrics + ": expected at least one line, found none; the run has not logged a step yet");
        Files.writeString(metrics, "{\"step\":1,\"total_loss\":2}\n{\"step\":2,\"total_loss\":[]}\n");
        assertThatIOException()
                .isThrownBy(() -> PlottedRun.read(directory, "a"))
                .withMessage(metrics + ":2: expected a number or null for \"total_loss\", got []");
        Files.writeString(metrics, "{\"step\":1,\"total_loss\":2}\n");
        assertThat(PlottedRun.read(directory, "a").tokensPerStep()).isZero();
        Path settings = directory.resolve("settings.json");
        Files.writeString(settings, "{\"settings\": {\"batchSize\": 4, \"sequenceLength\": 32}}");
        assertThat(PlottedRun.read(directory, "a").tokensPerStep()).isEqualTo(128);
        Files.writeString(settings, "{}");
        assertThatIOException()
                .isThrownBy(() -> PlottedRun.read(directory, "a"))
                .withMessageStartingWith(settings + ": expected \"settings\" with the numbers \"batchSize\"");
    }
}
