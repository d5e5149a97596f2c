package org.jelectra.pretrain.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jelectra.pretrain.StepMetrics;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** One panel of a run's picture: some metrics of one unit over the steps. */
final class CurvePanel {

    // Okabe and Ito's palette: told apart by readers with any colour vision. A line and its markers share a hue.
    static final Color[] COLORS = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x777777),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xE69F00),
        new Color(0x56B4E9)
    };
    /** Dashes of the lines after the colours are used up. */
    private static final float[][] DASHES = {null, {10, 6}, {3, 5}};

    static final Marker[] MARKERS = {SeriesMarkers.CIRCLE, SeriesMarkers.DIAMOND, SeriesMarkers.SQUARE};
    static final Color INK = new Color(0x333333);
    /** More points than this are a band of noise at this width: they are averaged in groups. */
    private static final int MAXIMUM_POINTS = 150;
    /** More markers than this touch each other. */
    private static final int MAXIMUM_MARKERS = 40;

    private final XYChart chart;
    private int lines;

    CurvePanel(String title, String unit) {
        this(title, unit, "step");
    }

    CurvePanel(String title, String unit, String horizontalUnit) {
        chart = new XYChartBuilder()
                .title(title)
                .xAxisTitle(horizontalUnit)
                .yAxisTitle(unit)
                .build();
        style(chart);
        chart.getStyler().setXAxisDecimalPattern("#,##0");
        chart.getStyler().setXAxisMin(0.0);
    }

    /** The look of every picture. */
    static void style(XYChart chart) {
        var styler = chart.getStyler();
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(new Color(0xE4E4E4));
        styler.setPlotGridLinesStroke(new BasicStroke(1f));
        styler.setPlotContentSize(0.96);
        styler.setChartTitleBoxVisible(false);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 17));
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        styler.setChartFontColor(INK);
        styler.setAxisTickLabelsColor(INK);
        styler.setLegendPosition(LegendPosition.OutsideS);
        styler.setLegendLayout(LegendLayout.Horizontal);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setMarkerSize(9);
        styler.setXAxisTickMarkSpacingHint(90);
        styler.setYAxisTickMarkSpacingHint(46);
        styler.setAntiAlias(true);
        styler.setLocale(Locale.ROOT);
    }

    /** Adds a metric as a line; steps where it is NaN are left out. */
    CurvePanel line(String name, List<StepMetrics> steps, ToDoubleFunction<StepMetrics> value) {
        return line(name, Points.of(steps, value));
    }

    /** Adds points as a line. */
    CurvePanel line(String name, Points all) {
        Points points = all.averaged(MAXIMUM_POINTS);
        if (!points.isEmpty()) {
            // XChart puts the ticks of equally spaced points at odd multiples of their distance (0, 90, 180): so they
            // are not.
            points.steps()[0] -= 1e-3 * points.steps()[0];
            XYSeries series = chart.addSeries(name, points.steps(), points.values());
            series.setMarker(points.size() == 1 ? MARKERS[lines % MARKERS.length] : SeriesMarkers.NONE);
            float[] dash = DASHES[lines / COLORS.length % DASHES.length];
            series.setLineStyle(new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 10f, dash, 0f));
            series.setLineColor(COLORS[lines % COLORS.length]);
            series.setMarkerColor(COLORS[lines % COLORS.length]);
        }
        lines++;
        return this;
    }

    /** Adds a metric as markers in the colour of the line before. */
    CurvePanel markers(String name, List<StepMetrics> steps, ToDoubleFunction<StepMetrics> value) {
        Points points = Points.of(steps, value).thinned(MAXIMUM_MARKERS);
        if (!points.isEmpty()) {
            XYSeries series = chart.addSeries(name, points.steps(), points.values());
            series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
            series.setMarker(MARKERS[lines - 1]);
            series.setMarkerColor(COLORS[lines - 1].darker());
        }
        return this;
    }

    /** Lets the vertical axis begin at 0, for amounts: fluctuations would look large otherwise. */
    CurvePanel fromZero() {
        chart.getStyler().setYAxisMin(0.0);
        return this;
    }

    boolean isEmpty() {
        return chart.getSeriesMap().isEmpty();
    }

    void paint(Graphics2D graphics, int width, int height) {
        chart.getStyler().setLegendVisible(chart.getSeriesMap().size() > 1);
        chart.getStyler().setYAxisDecimalPattern(decimalPattern());
        chart.paint(graphics, width, height);
    }

    static void paintTitle(Graphics2D graphics, String title, int width, int height) {
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 20));
        graphics.setColor(INK);
        int textWidth = graphics.getFontMetrics().stringWidth(title);
        graphics.drawString(title, Math.max(16, (width - textWidth) / 2), height - 18);
    }

    private String decimalPattern() {
        double minimum = Double.POSITIVE_INFINITY;
        double maximum = Double.NEGATIVE_INFINITY;
        for (XYSeries series : chart.getSeriesMap().values()) {
            minimum = Math.min(minimum, series.getYMin());
            maximum = Math.max(maximum, series.getYMax());
        }
        return tickPattern(minimum, maximum);
    }

    /**
     * The {@link java.text.DecimalFormat} pattern of an axis from {@code minimum} to {@code maximum}: with one decimal more
     * than the first digit of their difference, so that ticks differ; small values have an exponent too.
     */
    static String tickPattern(double minimum, double maximum) {
        double largest = Math.max(Math.abs(minimum), Math.abs(maximum));
        double range = maximum > minimum ? maximum - minimum : largest;
        if (range >= 10) {
            return "#,##0";
        }
        if (largest == 0) {
            return "0.000";
        }
        int decimals = 1 - exponent(range);
        return largest < 1e-2
                ? "0." + "0".repeat(Math.max(1, decimals + exponent(largest))) + "E0"
                : "0." + "0".repeat(decimals);
    }

    private static int exponent(double value) {
        return (int) Math.floor(Math.log10(value));
    }
}
