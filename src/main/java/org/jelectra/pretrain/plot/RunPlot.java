package org.jelectra.pretrain.plot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jelectra.pretrain.MetricsJson;

/** Several runs in one picture: a panel for each metric, a line for each run. */
public final class RunPlot {

    private final List<PlottedRun> runs;
    private final List<String> metrics;
    private final PlotAxis axis;
    private final double smoothing;

    /**
     * Plans a picture.
     *
     * @param runs with different labels
     * @param metrics names as in the runs' logs, those of {@link MetricsJson} in pre-training; empty for those that tell most
     * @param axis the horizontal one
     * @param smoothing weight of the past in an exponential moving average of each line, from 0 (the values themselves) to less
     *     than 1
     * @throws IllegalArgumentException if there is no such picture, saying what was expected
     */
    public RunPlot(List<PlottedRun> runs, List<String> metrics, PlotAxis axis, double smoothing) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("expected at least one run, got none");
        }
        Set<String> labels = new HashSet<>();
        for (PlottedRun run : runs) {
            if (!labels.add(run.label())) {
                throw new IllegalArgumentException("expected runs of different names, got " + run.label() + " twice");
            }
            if (axis == PlotAxis.TIME && run.steps().stream().allMatch(step -> Double.isNaN(step.elapsedSeconds()))) {
                throw new IllegalArgumentException(run.label() + ": its log has no elapsed_seconds; use another axis");
            }
            if (axis == PlotAxis.TOKENS && run.tokensPerStep() <= 0) {
                throw new IllegalArgumentException(
                        run.label() + ": its tokens per step are not known (no settings.json); use another axis");
            }
        }
        Set<String> known = names(runs, PlottedRun::metricNames);
        for (String metric : metrics) {
            if (!known.contains(metric)) {
                throw new IllegalArgumentException(
                        "expected metrics among " + String.join(", ", known) + ", got " + metric);
            }
        }
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("expected a smoothing from 0 to less than 1, got " + smoothing);
        }
        this.runs = List.copyOf(runs);
        this.metrics = metrics.isEmpty()
                ? List.copyOf(names(runs, PlottedRun::mainMetrics))
                : metrics.stream().distinct().toList();
        this.axis = axis;
        this.smoothing = smoothing;
    }

    private static Set<String> names(List<PlottedRun> runs, Function<PlottedRun, Set<String>> ofRun) {
        Set<String> names = new LinkedHashSet<>();
        runs.forEach(run -> names.addAll(ofRun.apply(run)));
        return names;
    }

    /**
     * Draws the picture into a file that ends in .png or .svg, replacing a former one. Metrics that no run has are left out.
     *
     * @throws IllegalArgumentException if the name ends in neither
     * @throws IOException if no run has any of the metrics, the file cannot be written, or this Java runtime cannot draw
     */
    public void write(Path file) throws IOException {
        Picture.require(file, () -> {
            PanelSheet sheet = new PanelSheet(title(), panels());
            if (sheet.isEmpty()) {
                throw new IOException("expected runs with values of " + String.join(", ", metrics) + ", found none in "
                        + String.join(", ", runs.stream().map(PlottedRun::label).toList()));
            }
            return sheet;
        });
    }

    private String title() {
        String smoothed = smoothing == 0 ? "" : ", smoothed by " + smoothing;
        return (runs.size() == 1 ? runs.get(0).label() : runs.size() + " runs") + smoothed;
    }

    private List<CurvePanel> panels() {
        List<CurvePanel> panels = new ArrayList<>();
        for (String metric : metrics) {
            CurvePanel panel = new CurvePanel(metric.replace('_', ' '), "", axis.title());
            for (PlottedRun run : runs) {
                panel.line(run.label(), points(run, metric).smoothed(smoothing));
            }
            panels.add(panel);
        }
        return panels;
    }

    private Points points(PlottedRun run, String metric) {
        double[] places = new double[run.steps().size()];
        double[] values = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            PlottedRun.Step step = run.steps().get(i);
            places[i] = axis.place(run, step);
            values[i] = step.value(metric);
        }
        return Points.of(new Curve(metric, "", run.label(), places, values));
    }
}
