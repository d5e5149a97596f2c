package org.jelectra.pretrain.plot;

import java.awt.AWTError;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.jelectra.io.AtomicFile;

/** A drawing as a PNG file, or a warning where this Java runtime cannot draw: a picture must never cost what it shows. */
final class Picture {

    private static final System.Logger LOG = System.getLogger(Picture.class.getName());

    private Picture() {}

    /**
     * Writes the drawing, replacing a former file.
     *
     * @param drawing gives null where there is nothing to draw
     * @return the file; empty where nothing was drawn
     * @throws IOException if the file cannot be written
     */
    static Optional<Path> write(Path file, Supplier<BufferedImage> drawing) throws IOException {
        PanelSheet.needNoDisplay();
        BufferedImage image;
        try {
            image = drawing.get();
        } catch (LinkageError | AWTError | InternalError | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, file.getFileName() + " not drawn: " + PanelSheet.cannotDraw(e));
            return Optional.empty();
        }
        if (image == null) {
            return Optional.empty();
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        AtomicFile.write(file, png.toByteArray());
        return Optional.of(file);
    }
}
