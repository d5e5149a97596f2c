package org.jelectra.text.shards;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.io.Json;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.BlankLines;
import org.jelectra.text.corpus.InputFiles;
import org.jelectra.text.corpus.PreparedFile;

/**
 * {@code manifest.json}: everything that must be known of a directory of shards, and nothing that differs between two
 * preparations of the same text.
 *
 * @param vocabularyHash SHA-256 of vocab.txt, in hexadecimal
 * @param vocabularySize its tokens
 * @param wordPiece how the text was normalised
 * @param sequenceLength longest sequence L
 * @param heldOutFraction share of the documents that was to be held out
 * @param seed decided which sequences are split into two segments
 * @param minTokens shorter documents were dropped
 * @param sequencesPerShard sequences of every shard but the last of a part
 * @param inputs which files were read
 * @param blankLines what blank lines separated in them
 * @param counts what was read and dropped
 * @param training what is trained on
 * @param heldOut what is evaluated on
 */
public record ShardManifest(
        String vocabularyHash,
        int vocabularySize,
        WordPieceOptions wordPiece,
        int sequenceLength,
        double heldOutFraction,
        long seed,
        int minTokens,
        int sequencesPerShard,
        InputFiles inputs,
        BlankLines blankLines,
        PreparedCounts counts,
        PreparedPart training,
        PreparedPart heldOut) {

    /** Name of the file. */
    public static final String FILE_NAME = "manifest.json";
    /** Longest sequence that is read or written. */
    public static final int LONGEST_SEQUENCE = 1 << 16;

    /** A manifest lists its shards at some 130 bytes each; this is room for far more than fit into memory maps. */
    private static final long MOST_BYTES = 64L << 20;

    /** Bytes of an id in the shards: 2, or 4 for more than 65,536 tokens. */
    public int bytesPerId() {
        return bytesPerId(vocabularySize);
    }

    static int bytesPerId(int vocabularySize) {
        return vocabularySize <= 1 << 16 ? 2 : 4;
    }

    /** A part. */
    public PreparedPart part(Part part) {
        return part == Part.TRAINING ? training : heldOut;
    }

    /** Whether a directory holds a manifest. */
    static boolean isIn(Path directory) {
        return Files.isRegularFile(directory.resolve(FILE_NAME));
    }

    /** Whether a path is a directory of shards, or one whose preparation was interrupted, rather than text. */
    public static boolean looksPrepared(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                if (PreparedFile.isAt(file)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Reads the manifest of a directory.
     *
     * @throws IOException if there is none, preparation has not ended, it is damaged or of another version
     */
    public static ShardManifest read(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            throw new IOException(
                    Files.exists(directory.resolve(ResumePoint.FILE_NAME))
                            ? directory
                                    + ": its preparation has not ended; run the same 'jelectra prepare' again to go on"
                            : directory + ": expected a directory made by 'jelectra prepare', found no " + FILE_NAME);
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + ": expected a manifest, found a file of " + Files.size(file) + " bytes");
        }
        return ManifestJson.read(Json.read(file), file.toString());
    }

    /** Writes the manifest into a directory, atomically. */
    void write(Path directory) throws IOException {
        JsonObject json = ManifestJson.write(this);
        Json.write(directory.resolve(FILE_NAME), json);
    }
}
