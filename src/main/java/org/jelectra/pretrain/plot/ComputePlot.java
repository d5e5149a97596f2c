package org.jelectra.pretrain.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;

/** Quality per compute: a point for each model, its training FLOPs on a logarithmic axis, its score on the other. */
public final class ComputePlot {

    private static final int WIDTH = 1100;
    private static final int HEIGHT = 720;
    private static final int MARKER = 9;

    /**
     * A model.
     *
     * @param label beside the point
     * @param group of one colour, named in the legend
     * @param flops of its training, positive
     * @param score such as GLUE's average in percent
     */
    public record Point(String label, String group, double flops, double score) {

        public Point {
            if (!(flops > 0 && Double.isFinite(flops) && Double.isFinite(score))) {
                throw new IllegalArgumentException(
                        label + ": expected positive FLOPs and a score, got " + flops + " and " + score);
            }
        }
    }

    private final String title;
    private final String scoreTitle;
    private final List<Point> points;

    /** Plans a picture of at least one point; groups get their colours in the order in which they first come. */
    public ComputePlot(String title, String scoreTitle, List<Point> points) {
        if (points.isEmpty()) {
            throw new IllegalArgumentException("expected at least one model with FLOPs and a score, got none");
        }
        this.title = title;
        this.scoreTitle = scoreTitle;
        this.points = List.copyOf(points);
    }

    /**
     * Draws the picture into a file that ends in .png or .svg, replacing a former one.
     *
     * @throws IllegalArgumentException if the name ends in neither
     * @throws IOException if the file cannot be written, or this Java runtime cannot draw
     */
    public void write(Path file) throws IOException {
        Picture.require(file, Sheet::new);
    }

    private static double nextPower(double flops, int add) {
        return Math.pow(10, Math.floor(Math.log10(flops)) + add);
    }

    private final class Sheet implements Drawing {

        private final XYChart chart = new XYChartBuilder()
                .title(title)
                .xAxisTitle("training FLOPs")
                .yAxisTitle(scoreTitle)
                .width(WIDTH)
                .height(HEIGHT)
                .build();

        Sheet() {
            CurvePanel.style(chart);
            var styler = chart.getStyler();
            styler.setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
            styler.setMarkerSize(MARKER);
            styler.setXAxisLogarithmic(true);
            styler.setXAxisDecimalPattern("0E0");
            styler.setXAxisMin(
                    nextPower(points.stream().mapToDouble(Point::flops).min().orElseThrow(), 0));
            styler.setXAxisMax(
                    nextPower(points.stream().mapToDouble(Point::flops).max().orElseThrow(), 1));
            styler.setYAxisDecimalPattern("0.#");
            for (Map.Entry<String, List<Point>> group : groups().entrySet()) {
                int index = chart.getSeriesMap().size();
                XYSeries series = chart.addSeries(
                        group.getKey(),
                        group.getValue().stream().mapToDouble(Point::flops).toArray(),
                        group.getValue().stream().mapToDouble(Point::score).toArray());
                series.setMarker(CurvePanel.MARKERS[index % CurvePanel.MARKERS.length]);
                series.setMarkerColor(CurvePanel.COLORS[index % CurvePanel.COLORS.length]);
            }
        }

        private Map<String, List<Point>> groups() {
            Map<String, List<Point>> groups = new LinkedHashMap<>();
            for (Point point : points) {
                groups.computeIfAbsent(point.group, name -> new ArrayList<>()).add(point);
            }
            return groups;
        }

        @Override
        public int width() {
            return WIDTH;
        }

        @Override
        public int height() {
            return HEIGHT;
        }

        @Override
        public void paint(Graphics2D graphics) {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, WIDTH, HEIGHT);
            chart.paint(graphics, WIDTH, HEIGHT);
            graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
            graphics.setColor(CurvePanel.INK);
            PointLabels labels = new PointLabels(graphics.getFontMetrics(), WIDTH, MARKER);
            for (Point point : points) {
                labels.add(point.label, chart.getScreenXFromChart(point.flops), chart.getScreenYFromChart(point.score));
            }
            labels.paint(graphics);
        }
    }
}
