package org.jelectra.pretrain.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;

/** Panels in two columns under one title, as a picture of pixels or of shapes. */
final class PanelSheet implements Drawing {

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

    boolean isEmpty() {
        return panels.isEmpty();
    }

    // one panel makes a narrow sheet
    @Override
    public int width() {
        return Math.min(COLUMNS, panels.size()) * WIDTH;
    }

    @Override
    public int height() {
        return HEAD + (panels.size() + COLUMNS - 1) / COLUMNS * HEIGHT;
    }

    @Override
    public void paint(Graphics2D graphics) {
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
