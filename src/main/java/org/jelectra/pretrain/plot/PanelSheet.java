package org.jelectra.pretrain.plot;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Panels in two columns under one title, as a picture of pixels or of shapes. */
final class PanelSheet {

    private static final int COLUMNS = 2;
    private static final int WIDTH = 760;
    private static final int HEIGHT = 380;
    private static final int HEAD = 56;

    private final String title;
    private final List<CurvePanel> panels;

    /** Empty panels are left out. */
    PanelSheet(String title, List<CurvePanel> panels) {
        this.title = title;
        this.panels = new ArrayList<>(panels);
        this.panels.removeIf(CurvePanel::isEmpty);
    }

    /** To be called before the first class of AWT is initialised: with DISPLAY set wrongly AWT would fail. */
    static void needNoDisplay() {
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
    }

    /** What to tell of a throwable that comes out of AWT where there are no fonts. */
    static String cannotDraw(Throwable e) {
        return "this Java runtime cannot draw text (" + e + "); install fonts, on Debian or Ubuntu:"
                + " apt-get install fontconfig fonts-dejavu-core libfreetype6";
    }

    boolean isEmpty() {
        return panels.isEmpty();
    }

    BufferedImage image() {
        BufferedImage image = new BufferedImage(width(), height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            paint(graphics);
        } finally {
            graphics.dispose();
        }
        return image;
    }

    void writeSvg(OutputStream out) throws IOException {
        VectorGraphics2D graphics = new VectorGraphics2D();
        paint(graphics);
        Processors.get("svg")
                .getDocument(graphics.getCommands(), new PageSize(width(), height()))
                .writeTo(out);
    }

    // one panel makes a narrow sheet
    private int width() {
        return Math.min(COLUMNS, panels.size()) * WIDTH;
    }

    private int height() {
        return HEAD + (panels.size() + COLUMNS - 1) / COLUMNS * HEIGHT;
    }

    private void paint(Graphics2D graphics) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width(), height());
        CurvePanel.paintTitle(graphics, title, width(), HEAD);
        for (int i = 0; i < panels.size(); i++) {
            Graphics2D part =
                    (Graphics2D) graphics.create(i % COLUMNS * WIDTH, HEAD + i / COLUMNS * HEIGHT, WIDTH, HEIGHT);
            try {
                panels.get(i).paint(part, WIDTH, HEIGHT);
            } finally {
                part.dispose();
            }
        }
    }
}
