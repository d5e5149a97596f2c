package org.jelectra.pretrain.plot;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jelectra.pretrain.StepMetrics;

/**
 * Draws the metrics of a run into one picture, {@code curves.png}: losses, accuracies, the discriminator's AUC, learning rate,
 * gradient norm and speed over the steps. Training is a line, held-out text are markers.
 *
 * <p>Needs no display. A Java runtime without fonts cannot draw text, one without the module java.desktop nothing; then nothing is
 * drawn and a warning says so, as on a full disk, because a picture must never cost a training run.
 */
public final class Curves {

    /** Name of the picture in the run's directory. */
    public static final String FILE_NAME = "curves.png";

    private static final long LEAST_PAUSE = 2_000_000_000;

    private Curves() {}

    /**
     * Least nanoseconds until a run is drawn again: small ones are evaluated faster than they are drawn, and a GPU waits meanwhile. Those
     * that this lets through take a hundredth of the run at most.
     *
     * @param took nanoseconds of the drawing before; 0 where that is not known
     */
    public static long pause(long took) {
        return Math.max(LEAST_PAUSE, 100 * took);
    }

    /**
     * Draws the steps into {@code directory/curves.png}, replacing a former picture.
     *
     * @param title what the run is, for the head of the picture
     * @return the picture; empty where there is nothing to draw yet, or after a warning where it cannot be drawn or written
     */
    public static Optional<Path> draw(Path directory, String title, List<StepMetrics> steps) {
        return draw(directory, title, () -> CurvePanels.of(steps), FILE_NAME);
    }

    /**
     * Draws any curves, those of one panel together, into a file of {@code directory}; otherwise as the method above.
     *
     * @param fileName name of the picture, ending in .png
     */
    public static Optional<Path> draw(Path directory, String title, List<Curve> curves, String fileName) {
        return draw(directory, title, () -> panels(curves), fileName);
    }

    private static List<CurvePanel> panels(List<Curve> curves) {
        Map<String, CurvePanel> panels = new LinkedHashMap<>();
        for (Curve curve : curves) {
            panels.computeIfAbsent(curve.panel(), name -> new CurvePanel(name, curve.unit()))
                    .line(curve.name(), Points.of(curve));
        }
        return List.copyOf(panels.values());
    }

    private static Optional<Path> draw(
            Path directory, String title, Supplier<List<CurvePanel>> panels, String fileName) {
        return Picture.write(directory.resolve(fileName), () -> {
            PanelSheet sheet = new PanelSheet(title, panels.get());
            return sheet.isEmpty() ? null : sheet;
        });
    }
}
