package org.jelectra.pretrain.plot;

import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/** Texts beside points, each where it covers no point and no other text; a line leads to one that is further away. */
final class PointLabels {

    private record Label(String text, double x, double y) {}

    /** Steps up and down from the point, in lines of text, in the order in which they are tried. */
    private static final double[] SHIFTS = {0, -0.5, 0.5, -1, 1, 1.5, -1.5, 2, 2.5, 3, 3.5, 4, 5, -2, -2.5, -3};
    /** From here on a text could seem another point's. */
    private static final double FAR = 1.5;

    private final FontMetrics metrics;
    private final double width;
    private final double marker;
    private final List<Label> labels = new ArrayList<>();
    private final List<Rectangle2D> taken = new ArrayList<>();

    /**
     * @param width of the picture, which no text leaves
     * @param marker width of a point
     */
    PointLabels(FontMetrics metrics, double width, double marker) {
        this.metrics = metrics;
        this.width = width;
        this.marker = marker;
    }

    /** Adds a point and its text. */
    void add(String text, double x, double y) {
        labels.add(new Label(text, x, y));
        taken.add(new Rectangle2D.Double(x - marker / 2, y - marker / 2, marker, marker));
    }

    /** Paints the texts of all points. */
    void paint(Graphics2D graphics) {
        for (Label label : labels) {
            Rectangle2D place = place(label);
            taken.add(place);
            graphics.drawString(label.text, (float) place.getX(), (float) (place.getY() + metrics.getAscent()));
            if (Math.abs(place.getCenterY() - label.y) >= FAR * place.getHeight()) {
                double end = place.getX() > label.x ? place.getX() : place.getMaxX();
                graphics.draw(new Line2D.Double(label.x, label.y, end, place.getCenterY()));
            }
        }
    }

    private Rectangle2D place(Label label) {
        double textWidth = metrics.stringWidth(label.text);
        double textHeight = metrics.getAscent() + metrics.getDescent();
        double right = label.x + marker;
        double left = label.x - marker - textWidth;
        for (double shift : SHIFTS) {
            for (double x : new double[] {right, left}) {
                double y = label.y - textHeight / 2 + shift * textHeight;
                Rectangle2D place = new Rectangle2D.Double(x, y, textWidth, textHeight);
                if (x >= 0 && x + textWidth <= width && taken.stream().noneMatch(place::intersects)) {
                    return place;
                }
            }
        }
        return new Rectangle2D.Double(right, label.y - textHeight / 2, textWidth, textHeight);
    }
}
