package org.jelectra.example;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jelectra.inference.FilledMask;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.MaskFiller;

/** The second example of docs/inference.md. */
final class MaskExample {

    private MaskExample() {}

    // documented: begin
    /** Prints the three likeliest tokens for each [MASK] of a text. */
    static void fill(Path generator, String text, PrintStream out) throws IOException {
        try (MaskFiller filler = MaskFiller.load(generator, InferenceOptions.defaults())) {
            for (FilledMask mask : filler.fill(text, 3)) {
                out.printf("character %d:%n", mask.start());
                for (FilledMask.Candidate candidate : mask.candidates()) {
                    out.printf("  %s %.3f%n", candidate.token(), candidate.probability());
                }
            }
        }
    }
    // documented: end
}
