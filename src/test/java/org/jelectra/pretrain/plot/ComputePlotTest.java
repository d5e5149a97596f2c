package org.jelectra.pretrain.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class ComputePlotTest {

    private static final double LINE = 12;

    @TempDir
    private Path directory;

    /** Places of the points' names, in pixels. */
    private List<double[]> labels(List<ComputePlot.Point> points) throws IOException {
        Path file = directory.resolve("plot.svg");
        new ComputePlot("title", "score", points).write(file);
        List<double[]> places = new ArrayList<>();
        Matcher text = Pattern.compile("<text [^>]*>").matcher(Files.readString(file));
        while (text.find()) {
            places.add(new double[] {attribute(text.group(), "x"), attribute(text.group(), "y")});
        }
        return places;
    }

    private static double attribute(String element, String name) {
        Matcher value = Pattern.compile(" " + name + "=\"([^\"]*)\"").matcher(element);
        assertThat(value.find()).as(element).isTrue();
        return Double.parseDouble(value.group(1));
    }

    @Test
    void equalFactorsOfComputeAreEqualDistances() throws IOException {
        List<ComputePlot.Point> points = new ArrayList<>();
        for (double flops = 1e15; flops < 2e17; flops *= 10) {
            points.add(new ComputePlot.Point("n", "group", flops, Math.log10(flops)));
        }
        List<double[]> places = labels(points);
        assertThat(places).hasSize(3);
        double distance = places.get(1)[0] - places.get(0)[0];
        assertThat(distance).isGreaterThan(100);
        assertThat(places.get(2)[0] - places.get(1)[0]).isBetween(distance - 1, distance + 1);
        assertThat(places.get(2)[1]).as("more is higher").isLessThan(places.get(0)[1]);
    }

    @Test
    void namesOfPointsInOnePlaceAreApart() throws IOException {
        List<ComputePlot.Point> points = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            points.add(new ComputePlot.Point("model", "group", 3e18, 80));
        }
        List<double[]> places = labels(points);
        assertThat(places).hasSize(8);
        for (int i = 0; i < places.size(); i++) {
            for (int j = 0; j < i; j++) {
                double[] one = places.get(i);
                double[] other = places.get(j);
                assertThat(Math.abs(one[1] - other[1]) >= LINE || Math.abs(one[0] - other[0]) >= 3 * LINE)
                        .as("%d and %d", j, i)
                        .isTrue();
            }
        }
    }

    @Test
    void whatCannotBeDrawnIsRefused() {
        assertThatThrownBy(() -> new ComputePlot("title", "score", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected at least one model with FLOPs and a score, got none");
        assertThatThrownBy(() -> new ComputePlot.Point("mine", "group", 0, 80))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mine: expected positive FLOPs and a score, got 0.0 and 80.0");
        List<ComputePlot.Point> points = List.of(new ComputePlot.Point("mine", "group", 1e15, 80));
        assertThatThrownBy(() -> new ComputePlot("title", "score", points).write(directory.resolve("plot.gif")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected a picture's name ending in .png or .svg, got ");
    }
}
