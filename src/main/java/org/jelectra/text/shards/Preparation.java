package org.jelectra.text.shards;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.DirectoryLock;
import org.jelectra.io.OutputPath;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.InputTimes;
import org.jelectra.text.corpus.PreparedFile;

/**
 * Turns a corpus of any size into a directory of shards, in bounded memory. The result is a function of text and options: the number
 * of threads does not count, nor whether the work was interrupted, by whatever, and begun again with the same command.
 */
public final class Preparation {

    private final Corpus corpus;
    private final Path directory;
    private final PrepareOptions options;
    private final PrepareListener listener;

    private Preparation(Corpus corpus, Path directory, PrepareOptions options, PrepareListener listener) {
        this.corpus = corpus;
        this.directory = directory;
        this.options = options;
        this.listener = listener;
    }

    /**
     * Prepares a corpus; goes on where an earlier call for the same directory, corpus and options was interrupted.
     *
     * @param directory created if missing; must be empty or hold an interrupted preparation, which may be of another corpus or
     *     other options as long as no shard is complete
     * @throws IOException if the text cannot be read or has no token, the directory cannot be written to, holds something else,
     *     as a finished preparation, or somebody else writes there. After a failure that lies outside (a full disk), the same call goes on
     */
    public static ShardManifest run(Corpus corpus, Path directory, PrepareOptions options, PrepareListener listener)
            throws IOException {
        OutputPath.requireFolder(directory);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw Writing.failure(directory, e);
        }
        try (DirectoryLock lock = DirectoryLock.acquire(directory)) {
            assert lock != null;
            return new Preparation(corpus, directory, options, listener).run();
        }
    }

    private ShardManifest run() throws IOException {
        if (ShardManifest.isIn(directory)) {
            requireOwn(directory.resolve(ShardManifest.FILE_NAME));
            return finished();
        }
        ResumePoint point = begin();
        while (true) {
            PreparationPass pass = new PreparationPass(corpus, directory, options, listener, point);
            ShardManifest manifest = pass.run();
            HeldOutRule corrected =
                    point.rule().corrected(pass.tally(), options.packing().heldOutFraction());
            if (corrected == null) {
                manifest.write(directory);
                deleteTemporaries();
                return manifest;
            }
            if (corpus.stream() != null) {
                throw new IOException(corpus.stream()
                        + ": by chance, all documents went to one part, and this text cannot be read once more; expected more"
                        + " documents, a file, or --held-out 0");
            }
            listener.onMessage("by chance, all documents went to one part: reading the text once more");
            point = ResumePoint.start(point.settings(), corrected);
            point.write(directory);
            deleteShards();
        }
    }

    /** Many a program has a file of that name, which says nothing of shards. */
    private static void requireOwn(Path manifest) throws IOException {
        if (!PreparedFile.isAt(manifest)) {
            throw new IOException(manifest + ": expected no file of that name, or one that 'jelectra prepare' wrote,"
                    + " found another program's; choose another --output");
        }
    }

    /** What was interrupted after its manifest was written, and before its last files were deleted, is finished by that. */
    private ShardManifest finished() throws IOException {
        boolean wasInterrupted = Files.exists(directory.resolve(ResumePoint.FILE_NAME))
                && ResumePoint.read(directory).difference(settings()) == null;
        AtomicFile.deleteLeftovers(directory);
        deleteTemporaries();
        if (!wasInterrupted) {
            throw new IOException(directory + " is prepared already (" + ShardManifest.FILE_NAME
                    + "): train on it, or choose another --output");
        }
        listener.onMessage("was interrupted at its very end: nothing is left to do");
        return ShardManifest.read(directory);
    }

    /** The resume point last, as it tells that there may be more. */
    private void deleteTemporaries() throws IOException {
        delete(List.of(SignatureLog.FILE_NAME, ResumePoint.FILE_NAME));
    }

    private ResumePoint begin() throws IOException {
        JsonObject settings = settings();
        ResumePoint point;
        if (Files.exists(directory.resolve(ResumePoint.FILE_NAME))) {
            point = interrupted(settings);
        } else {
            requireEmpty();
            point = ResumePoint.start(settings, HeldOutRule.DRAWN);
            point.write(directory);
        }
        AtomicFile.deleteLeftovers(directory);
        Path vocabulary = directory.resolve(ShardedCorpus.VOCABULARY);
        try {
            options.vocabulary().write(vocabulary);
        } catch (IOException e) {
            throw Writing.failure(vocabulary, e);
        }
        return point;
    }

    private ResumePoint interrupted(JsonObject settings) throws IOException {
        ResumePoint point = ResumePoint.read(directory);
        String difference = point.difference(settings);
        if (difference == null) {
            verify(point.training().shards(), Part.TRAINING);
            verify(point.heldOut().shards(), Part.HELD_OUT);
            listener.onMessage(
                    "goes on after " + point.completeShards() + " complete shards, whose checksums are right");
            return point;
        }
        if (point.completeShards() > 0) {
            String other = "choose another --output, or delete " + directory + " to begin anew";
            throw new IOException(directory + ": an interrupted preparation is there, with other settings or inputs ("
                    + difference + "); "
                    + (corpus.stream() != null
                            ? corpus.stream() + " can be read only once: begin anew in another directory"
                            : point.differsInTimes(settings)
                                    ? "set the files' times back if nothing else of them has changed, " + other
                                    : "repeat its command to go on, " + other));
        }
        listener.onMessage("begins anew: the interrupted preparation had other settings or inputs (" + difference
                + ") and no complete shard");
        ResumePoint start = ResumePoint.start(settings, HeldOutRule.DRAWN);
        start.write(directory);
        deleteShards();
        return start;
    }

    /** Everything that decides the result. */
    private JsonObject settings() {
        JsonObject json = new JsonObject();
        json.add(ResumePoint.INPUTS, ManifestJson.inputs(corpus.inputs()));
        json.addProperty(ResumePoint.INPUT_PLACES, corpus.placesSha256());
        json.add(ResumePoint.INPUT_TIMES, inputTimes());
        json.addProperty("text_field", corpus.textField());
        json.addProperty("invalid_utf8", corpus.invalidUtf8().name().toLowerCase(Locale.ROOT));
        json.addProperty(ManifestJson.BLANK_LINES, ManifestJson.label(corpus.blankLines()));
        json.addProperty("vocabulary", options.vocabulary().sha256());
        json.addProperty("lower_case", options.wordPiece().lowerCase());
        json.addProperty("strip_accents", options.wordPiece().stripAccents());
        json.addProperty("max_word_length", options.wordPiece().maxWordLength());
        json.addProperty("sequence_length", String.valueOf(options.packing().sequenceLength()));
        json.addProperty("held_out", String.valueOf(options.packing().heldOutFraction()));
        json.addProperty("seed", String.valueOf(options.seed()));
        json.addProperty("min_tokens", String.valueOf(options.minTokens()));
        json.addProperty("drop_duplicates", options.dropDuplicates());
        json.addProperty("sequences_per_shard", String.valueOf(options.sequencesPerShard()));
        return json;
    }

    private JsonObject inputTimes() {
        InputTimes times = corpus.inputTimes();
        JsonObject json = new JsonObject();
        json.addProperty(ResumePoint.LATEST, times.latest().toString());
        json.addProperty("sha256", times.sha256());
        return json;
    }

    private void verify(List<ShardInfo> shards, Part part) throws IOException {
        for (int i = 0; i < shards.size(); i++) {
            MappedShard shard = MappedShard.open(directory.resolve(shards.get(i).file()));
            ShardHeader header = shard.header();
            if (header.part() != part
                    || header.number() != i
                    || header.checksum() != shards.get(i).checksum()) {
                throw new IOException(shard.file() + ": not the shard that the interrupted preparation wrote; delete "
                        + directory + " and prepare again");
            }
            shard.verify();
        }
    }

    private void requireEmpty() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
            if (!names.isEmpty()) {
                throw new IOException(directory + ": expected an empty directory, found " + names.get(0)
                        + "; choose another --output");
            }
        }
    }

    private void deleteShards() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(PreparedFile.SHARD_EXTENSION))
                    .forEach(names::add);
        }
        delete(names);
    }

    private void delete(List<String> names) throws IOException {
        for (String name : names) {
            Files.deleteIfExists(directory.resolve(name));
        }
    }
}
