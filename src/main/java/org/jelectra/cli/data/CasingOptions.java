package org.jelectra.cli.data;

import org.jelectra.text.WordPieceOptions;
import picocli.CommandLine.Option;

/** What becomes of capitals and accents. */
class CasingOptions {

    @Option(
            names = "--lower-case",
            negatable = true,
            fallbackValue = "true",
            description =
                    "Lower-case the text and strip accents, or keep both (--no-lower-case, for a cased vocabulary)."
                            + " Default: lower-case.")
    private Boolean lowerCase;

    @Option(
            names = "--strip-accents",
            negatable = true,
            fallbackValue = "true",
            description = "Strip accents, or keep them. Default: as --lower-case.")
    private Boolean stripAccents;

    boolean keepsCapitals() {
        return lowerCase != null && !lowerCase;
    }

    /** How text is normalised. */
    WordPieceOptions wordPiece(int maxWordLength) {
        return new WordPieceOptions(
                !keepsCapitals(), stripAccents == null ? !keepsCapitals() : stripAccents, maxWordLength);
    }

    /** Whether the casing was given on the command line, and differs from this one. */
    public boolean contradicts(WordPieceOptions other) {
        return lowerCase != null && lowerCase != other.lowerCase()
                || stripAccents != null && stripAccents != other.stripAccents();
    }
}
