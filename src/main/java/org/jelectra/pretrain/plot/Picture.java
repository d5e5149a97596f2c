package org.jelectra.pretrain.plot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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
     * Writes the drawing as PNG, replacing a former file, or warns where this Java runtime cannot draw or the disk is full: a picture
     * must never cost what it shows.
     *
     * @return the file; empty where none was written
     */
    static Optional<Path> write(Path file, Sketch sketch) {
        if (!desktop()) {
            if (SAID.compareAndSet(false, true)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "pictures are left out: " + NO_DESKTOP + "; a whole one draws a run later (jelectra plot)");
            }
            return Optional.empty();
        }
        needNoDisplay();
        try {
            Drawing drawing = sketch.draw();
            if (drawing == null) {
                return Optional.empty();
            }
            AtomicFile.write(file, drawing.png());
            return Optional.of(file);
        } catch (IOException | Error | RuntimeException e) {
            String reason = lacksFonts(e) ? cannotDraw(e) : e instanceof IOException ? e.getMessage() : e.toString();
            LOG.log(System.Logger.Level.WARNING, file.getFileName() + " not drawn: " + reason);
            return Optional.empty();
        }
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
        } catch (Error | RuntimeException e) {
            if (lacksFonts(e)) {
                throw new IOException(file + ": " + cannotDraw(e), e);
            }
            throw e;
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

    /** Whether a throwable comes out of AWT's fonts, of which none or a native library is missing then. */
    private static boolean lacksFonts(Throwable e) {
        return e instanceof LinkageError
                || e instanceof InternalError
                || e instanceof RuntimeException
                        && Arrays.stream(e.getStackTrace())
                                .map(StackTraceElement::getClassName)
                                .anyMatch(name -> name.startsWith("sun.font.") || name.startsWith("sun.awt."));
    }

    /** What to tell where {@link #lacksFonts}. */
    private static String cannotDraw(Throwable e) {
        return "this Java runtime cannot draw text (" + e + "); install fonts, on Debian or Ubuntu:"
                + " apt-get install fontconfig fonts-dejavu-core libfreetype6";
    }
}
