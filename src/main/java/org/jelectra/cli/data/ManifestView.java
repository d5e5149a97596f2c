package org.jelectra.cli.data;

import java.io.PrintStream;
import java.util.Locale;
import org.jelectra.cli.console.Counted;
import org.jelectra.text.corpus.BlankLines;
import org.jelectra.text.corpus.Replacements;
import org.jelectra.text.shards.PreparedCounts;
import org.jelectra.text.shards.PreparedPart;
import org.jelectra.text.shards.ShardManifest;

/** The statistics of a prepared corpus on one screen. */
public final class ManifestView {

    private ManifestView() {}

    static void print(PrintStream out, ShardManifest manifest) {
        PreparedCounts counts = manifest.counts();
        line(
                out,
                "text",
                "%s, %.1f MB, %s (%,d empty, %s, %,d too short)%s",
                Counted.of(manifest.inputs().files(), "file"),
                counts.textBytes() / 1e6,
                Counted.of(counts.documents(), "document"),
                counts.emptyDocuments(),
                Counted.of(counts.duplicateDocuments(), "near-duplicate"),
                counts.shortDocuments(),
                manifest.blankLines() == BlankLines.PARAGRAPHS ? "; blank lines between paragraphs" : "");
        if (counts.replaced().count() > 0) {
            line(out, "replaced", "%s", text(counts.replaced()));
        }
        line(
                out,
                "tokens",
                "%,d kept (%.2f %%), %,d dropped with %s; %.3f %% are [UNK]",
                counts.keptTokens(),
                percent(counts.keptTokens(), counts.tokens()),
                counts.droppedTokens(),
                Counted.of(counts.shortDocuments() + counts.droppedDuplicates(), "document"),
                100 * counts.unknownFraction());
        line(
                out,
                "vocab",
                "%,d tokens, SHA-256 %s..., %s, accents %s",
                manifest.vocabularySize(),
                manifest.vocabularyHash().substring(0, 12),
                manifest.wordPiece().lowerCase() ? "lower case" : "cased",
                manifest.wordPiece().stripAccents() ? "stripped" : "kept");
        part(out, "training", manifest, manifest.training());
        part(out, "held out", manifest, manifest.heldOut());
    }

    public static String text(Replacements replaced) {
        return String.format(
                Locale.ROOT,
                "%s of bytes by U+FFFD, the first in %s",
                Counted.of(replaced.count(), "malformed sequence"),
                replaced.first());
    }

    private static void part(PrintStream out, String name, ShardManifest manifest, PreparedPart part) {
        line(
                out,
                name,
                "%s, %s in %s of %d (%.2f %% padding), %s, %.1f MB",
                Counted.of(part.documents(), "document"),
                Counted.of(part.tokens(), "token"),
                Counted.of(part.sequences(), "sequence"),
                manifest.sequenceLength(),
                100 * part.paddingFraction(manifest.sequenceLength()),
                Counted.of(part.shards().size(), "shard"),
                part.shards().stream().mapToLong(shard -> shard.bytes()).sum() / 1e6);
    }

    private static double percent(long part, long whole) {
        return whole == 0 ? 0 : 100.0 * part / whole;
    }

    private static void line(PrintStream out, String name, String format, Object... values) {
        out.printf(Locale.ROOT, "%-9s %s%n", name, String.format(Locale.ROOT, format, values));
    }
}
