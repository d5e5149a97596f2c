package org.jelectra.pretrain.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;

/** Amounts by name as bars, in one picture. Needs no display, and fonts as {@link Curves} does. */
public final class Bars {

    private static final int HEIGHT = 640;
    private static final int WIDTH_OF_A_BAR = 40;
    private static final int MARGIN = 240;

    private Bars() {}

    /**
     * Draws the amounts into a PNG file, replacing a former one.
     *
     * @param unit of the amounts
     * @param amounts in the order of the bars
     * @return the file; empty where there is nothing to draw, or after a warning where it cannot be drawn or written
     */
    public static Optional<Path> draw(Path file, String title, String unit, Map<String, Double> amounts) {
        return Picture.write(file, () -> amounts.isEmpty() ? null : new Sheet(title, unit, amounts));
    }

    private static final class Sheet implements Drawing {

        private final CategoryChart chart;

        Sheet(String title, String unit, Map<String, Double> amounts) {
            chart = new CategoryChartBuilder()
                    .width(MARGIN + WIDTH_OF_A_BAR * amounts.size())
                    .height(HEIGHT)
                    .title(title)
                    .yAxisTitle(unit)
                    .build();
            var styler = chart.getStyler();
            styler.setChartBackgroundColor(Color.WHITE);
            styler.setPlotBorderVisible(false);
            styler.setChartTitleBoxVisible(false);
            styler.setLegendVisible(false);
            styler.setXAxisLabelRotation(90);
            styler.setXAxisLabelAlignmentVertical(TextAlignment.Right);
            styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
            styler.setSeriesColors(new Color[] {new Color(0x0072B2)});
            styler.setYAxisMin(0.0);
            styler.setAntiAlias(true);
            styler.setLocale(Locale.ROOT);
            chart.addSeries(unit, List.copyOf(amounts.keySet()), List.copyOf(amounts.values()));
        }

        @Override
        public int width() {
            return chart.getWidth();
        }

        @Override
        public int height() {
            return chart.getHeight();
        }

        @Override
        public void paint(Graphics2D graphics) {
            chart.paint(graphics, width(), height());
        }
    }
}
