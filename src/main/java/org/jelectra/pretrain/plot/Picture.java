package org.jelectra.pretrain.plot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jelectra.io.AtomicFile;

/**
 * Drawings as files. Names no class of AWT, so that it links where the module java.desktop is missing: those come with a
 * {@link Drawing}, once it is made.
 */
final class Picture {

    private static final System.Logger LOG = System.getLogger(Picture.class.getName());

    private static final String NO_DESKTOP = "this Java runtime has no module java.desktop, which draws";

    /** A runtime without java.desktop draws none of a run's pictures, which is worth one line. */
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private Picture() {}

    /** How a drawing is made, once AWT may be touched. */
    interface Sketch {
        /** Null where there is nothing to draw. */
        Drawing draw() throws IOException;
    }

    /**
     * Writes the drawing as PNG, replacing a former file, or warns where this Java runtime cannot draw: a picture must never cost
     * what it shows.
     *
     * @return the file; empty where nothing was drawn
     * @throws IOException if the file cannot be written
     */
    static Optional<Path> write(Path file, Sketch sketch) throws IOException {
        if (!desktop()) {
            if (SAID.compareAndSet(false, true)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "pictures are left out: " + NO_DESKTOP + "; a whole one draws a run later (jelectra plot)");
            }
            return Optional.empty();
        }
        needNoDisplay();
        byte[] png;
        try {
            Drawing drawing = sketch.draw();
            if (drawing == null) {
                return Optional.empty();
            }
            png = drawing.png();
        } catch (Error | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, file.getFileName() + " not drawn: " + cannotDraw(e));
            return Optional.empty();
        }
        AtomicFile.write(file, png);
        return Optional.of(file);
    }

    /**
     * Writes a picture that was asked for, replacing a former file.
     *
     * @throws IllegalArgumentException if the file's name ends neither in .png nor in .svg
     * @throws IOException if the file cannot be written, or this Java runtime cannot draw
     */
    static void require(Path file, Sketch sketch) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".png") && !name.endsWith(".svg")) {
            throw new IllegalArgumentException("expected a picture's name ending in .png or .svg, got " + file);
        }
        if (!desktop()) {
            throw new IOException(file + ": " + NO_DESKTOP + "; a whole one has it");
        }
        needNoDisplay();
        try {
            Drawing drawing = sketch.draw();
            AtomicFile.write(file, name.endsWith(".svg") ? drawing.svg() : drawing.png());
        } catch (Error e) {
            throw new IOException(file + ": " + cannotDraw(e), e);
        }
    }

    private static boolean desktop() {
        return ModuleLayer.boot().findModule("java.desktop").isPresent();
    }

    /** To be called before the first class of AWT is initialised: with DISPLAY set wrongly AWT would fail. */
    private static void needNoDisplay() {
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
    }

    /** What to tell of a throwable that comes out of AWT, most often where there are no fonts. */
    private static String cannotDraw(Throwable e) {
        return "this Java runtime cannot draw text (" + e + "); install fonts, on Debian or Ubuntu:"
                + " apt-get install fontconfig fonts-dejavu-core libfreetype6";
    }
}
