package org.jelectra.pretrain.plot;

import java.awt.AWTError;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jelectra.io.AtomicFile;

/** Drawings as files. */
final class Picture {

    private static final System.Logger LOG = System.getLogger(Picture.class.getName());

    private Picture() {}

    /**
     * Writes the drawing as PNG, replacing a former file, or warns where this Java runtime cannot draw: a picture must never cost
     * what it shows.
     *
     * @param drawing gives null where there is nothing to draw
     * @return the file; empty where nothing was drawn
     * @throws IOException if the file cannot be written
     */
    static Optional<Path> write(Path file, Supplier<BufferedImage> drawing) throws IOException {
        needNoDisplay();
        BufferedImage image;
        try {
            image = drawing.get();
        } catch (LinkageError | AWTError | InternalError | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, file.getFileName() + " not drawn: " + cannotDraw(e));
            return Optional.empty();
        }
        if (image == null) {
            return Optional.empty();
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        encode(image, png);
        AtomicFile.write(file, png.toByteArray());
        return Optional.of(file);
    }

    /** How a drawing is made, once AWT may be touched. */
    interface Sketch {
        Drawing draw() throws IOException;
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
        needNoDisplay();
        try {
            Drawing drawing = sketch.draw();
            ByteArrayOutputStream picture = new ByteArrayOutputStream();
            if (name.endsWith(".svg")) {
                drawing.writeSvg(picture);
            } else {
                encode(drawing.image(), picture);
            }
            AtomicFile.write(file, picture.toByteArray());
        } catch (LinkageError | AWTError | InternalError e) {
            throw new IOException(file + ": " + cannotDraw(e), e);
        }
    }

    /** To be called before the first class of AWT is initialised: with DISPLAY set wrongly AWT would fail. */
    private static void needNoDisplay() {
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
    }

    /** What to tell of a throwable that comes out of AWT where there are no fonts. */
    private static String cannotDraw(Throwable e) {
        return "this Java runtime cannot draw text (" + e + "); install fonts, on Debian or Ubuntu:"
                + " apt-get install fontconfig fonts-dejavu-core libfreetype6";
    }

    /** In memory: by itself ImageIO writes a temporary file first, whose failure on a full disk names nothing. */
    private static void encode(BufferedImage image, ByteArrayOutputStream png) throws IOException {
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(png)) {
            ImageIO.write(image, "png", stream);
        }
    }
}
