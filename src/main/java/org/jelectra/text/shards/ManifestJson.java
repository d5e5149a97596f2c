package org.jelectra.text.shards;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.io.JsonFields;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.BlankLines;
import org.jelectra.text.corpus.InputFiles;
import org.jelectra.text.corpus.Replacements;

/** The manifest as JSON; what is read is checked for kind, range and sums. */
final class ManifestJson {

    static final String FORMAT = "jelectra-shards";

    /** Field, also of a resume point's settings, that tells what blank lines separate. */
    static final String BLANK_LINES = "blank_lines";

    private static final String REPLACED = "replaced_sequences";
    private static final String FIRST_REPLACED = "first_replaced";

    private ManifestJson() {}

    static JsonObject write(ShardManifest manifest) {
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT);
        json.addProperty("version", ShardHeader.VERSION);
        JsonObject vocabulary = new JsonObject();
        vocabulary.addProperty("file", ShardedCorpus.VOCABULARY);
        vocabulary.addProperty("sha256", manifest.vocabularyHash());
        vocabulary.addProperty("size", manifest.vocabularySize());
        json.add("vocabulary", vocabulary);
        json.addProperty("lower_case", manifest.wordPiece().lowerCase());
        json.addProperty("strip_accents", manifest.wordPiece().stripAccents());
        json.addProperty("max_word_length", manifest.wordPiece().maxWordLength());
        json.addProperty("sequence_length", manifest.sequenceLength());
        json.addProperty("bytes_per_id", manifest.bytesPerId());
        json.addProperty("held_out_fraction", manifest.heldOutFraction());
        json.addProperty("seed", manifest.seed());
        json.addProperty("min_tokens", manifest.minTokens());
        json.addProperty("sequences_per_shard", manifest.sequencesPerShard());
        json.add("inputs", inputs(manifest.inputs()));
        json.addProperty(BLANK_LINES, label(manifest.blankLines()));
        json.add("counts", counts(manifest.counts()));
        json.add("training", part(manifest.training()));
        json.add("held_out", part(manifest.heldOut()));
        return json;
    }

    static JsonObject inputs(InputFiles inputs) {
        JsonObject json = new JsonObject();
        json.addProperty("files", inputs.files());
        json.addProperty("bytes", inputs.bytes());
        json.addProperty("first", inputs.first());
        json.addProperty("sha256", inputs.sha256());
        return json;
    }

    private static JsonObject counts(PreparedCounts counts) {
        JsonObject json = new JsonObject();
        json.addProperty("documents", counts.documents());
        json.addProperty("empty_documents", counts.emptyDocuments());
        json.addProperty("duplicate_documents", counts.duplicateDocuments());
        json.addProperty("short_documents", counts.shortDocuments());
        json.addProperty("dropped_duplicates", counts.droppedDuplicates());
        json.addProperty("text_bytes", counts.textBytes());
        json.addProperty("tokens", counts.tokens());
        json.addProperty("unknown_tokens", counts.unknownTokens());
        json.addProperty("kept_tokens", counts.keptTokens());
        json.addProperty("dropped_tokens", counts.droppedTokens());
        if (counts.replaced().count() > 0) {
            json.addProperty(REPLACED, counts.replaced().count());
            json.addProperty(FIRST_REPLACED, counts.replaced().first());
        }
        return json;
    }

    private static JsonObject part(PreparedPart part) {
        JsonObject json = new JsonObject();
        json.addProperty("documents", part.documents());
        json.addProperty("sequences", part.sequences());
        json.addProperty("tokens", part.tokens());
        json.add("shards", shards(part.shards()));
        return json;
    }

    private static JsonArray shards(List<ShardInfo> shards) {
        JsonArray json = new JsonArray();
        for (ShardInfo shard : shards) {
            JsonObject entry = new JsonObject();
            entry.addProperty("file", shard.file());
            entry.addProperty("sequences", shard.sequences());
            entry.addProperty("tokens", shard.tokens());
            entry.addProperty("segments", shard.segments());
            entry.addProperty("bytes", shard.bytes());
            entry.addProperty("crc32c", hex(shard.checksum()));
            json.add(entry);
        }
        return json;
    }

    static ShardManifest read(JsonObject object, String file) throws IOException {
        JsonFields json = new JsonFields(object, file);
        String format = json.text("format");
        if (!format.equals(FORMAT)) {
            throw json.wrong("format", FORMAT, format);
        }
        int version = json.integer("version", 0, Integer.MAX_VALUE);
        if (version != ShardHeader.VERSION) {
            throw new IOException(file + ": shards of version " + version + ", but this jelectra reads version "
                    + ShardHeader.VERSION + "; prepare the text again");
        }
        JsonFields vocabulary = json.object("vocabulary");
        double fraction = json.number("held_out_fraction");
        if (!(fraction >= 0 && fraction < 1)) {
            throw json.wrong("held_out_fraction", "a number in [0, 1)", fraction);
        }
        ShardManifest manifest = new ShardManifest(
                readHash(vocabulary),
                vocabulary.integer("size", 5, Integer.MAX_VALUE),
                new WordPieceOptions(
                        json.flag("lower_case"),
                        json.flag("strip_accents"),
                        json.integer("max_word_length", 1, Integer.MAX_VALUE)),
                json.integer("sequence_length", 5, ShardManifest.LONGEST_SEQUENCE),
                fraction,
                json.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                json.integer("min_tokens", 1, Integer.MAX_VALUE),
                json.integer("sequences_per_shard", 1, Integer.MAX_VALUE),
                readInputs(json.object("inputs")),
                readBlankLines(json),
                readCounts(json.object("counts")),
                readPart(json.object("training"), Part.TRAINING),
                readPart(json.object("held_out"), Part.HELD_OUT));
        int bytesPerId = json.integer("bytes_per_id", 2, 4);
        if (bytesPerId != manifest.bytesPerId()) {
            throw json.wrong("bytes_per_id", String.valueOf(manifest.bytesPerId()), bytesPerId);
        }
        check(manifest, json);
        return manifest;
    }

    static String label(BlankLines blankLines) {
        return blankLines.name().toLowerCase(Locale.ROOT);
    }

    private static BlankLines readBlankLines(JsonFields json) throws IOException {
        String text = json.text(BLANK_LINES);
        for (BlankLines meaning : BlankLines.values()) {
            if (label(meaning).equals(text)) {
                return meaning;
            }
        }
        throw json.wrong(BLANK_LINES, "documents or paragraphs", text);
    }

    private static InputFiles readInputs(JsonFields json) throws IOException {
        return new InputFiles(
                json.integer("files", 1, Integer.MAX_VALUE),
                json.whole("bytes", 0, Long.MAX_VALUE),
                json.text("first"),
                readHash(json));
    }

    private static String readHash(JsonFields json) throws IOException {
        String hash = json.text("sha256");
        if (!hash.matches("[0-9a-f]{64}")) {
            throw json.wrong("sha256", "64 hexadecimal digits", hash);
        }
        return hash;
    }

    private static PreparedCounts readCounts(JsonFields json) throws IOException {
        long most = Long.MAX_VALUE >> 1;
        return new PreparedCounts(
                json.whole("documents", 0, most),
                json.whole("empty_documents", 0, most),
                json.whole("duplicate_documents", 0, most),
                json.whole("short_documents", 0, most),
                json.whole("dropped_duplicates", 0, most),
                json.whole("text_bytes", 0, most),
                json.whole("tokens", 0, most),
                json.whole("unknown_tokens", 0, most),
                json.whole("dropped_tokens", 0, most),
                json.object().has(REPLACED)
                        ? new Replacements(json.whole(REPLACED, 1, most), json.text(FIRST_REPLACED))
                        : Replacements.NONE);
    }

    private static PreparedPart readPart(JsonFields json, Part part) throws IOException {
        List<ShardInfo> shards = readShards(json, part);
        PreparedPart result = new PreparedPart(json.whole("documents", 0, Integer.MAX_VALUE), shards);
        long sequences = json.whole("sequences", 0, Integer.MAX_VALUE);
        if (sequences != result.sequences()) {
            throw json.wrong("sequences", result.sequences() + " as in the shards together", sequences);
        }
        long tokens = json.whole("tokens", 0, Long.MAX_VALUE);
        if (tokens != result.tokens()) {
            throw json.wrong("tokens", result.tokens() + " as in the shards together", tokens);
        }
        return result;
    }

    private static List<ShardInfo> readShards(JsonFields json, Part part) throws IOException {
        List<ShardInfo> shards = new ArrayList<>();
        for (int i = 0; i < json.array("shards").size(); i++) {
            JsonFields shard = json.element("shards", i);
            String name = shard.text("file");
            // also keeps paths out that lead elsewhere
            if (!name.equals(part.fileName(i))) {
                throw shard.wrong("file", part.fileName(i), name);
            }
            String checksum = shard.text("crc32c");
            if (!checksum.matches("[0-9a-f]{8}")) {
                throw shard.wrong("crc32c", "8 hexadecimal digits", checksum);
            }
            shards.add(new ShardInfo(
                    name,
                    shard.integer("sequences", 1, Integer.MAX_VALUE),
                    shard.whole("tokens", 1, Integer.MAX_VALUE),
                    shard.whole("segments", 1, Integer.MAX_VALUE),
                    shard.whole("bytes", 1, Integer.MAX_VALUE),
                    Integer.parseUnsignedInt(checksum, 16)));
        }
        return shards;
    }

    private static void check(ShardManifest manifest, JsonFields json) throws IOException {
        if (manifest.training().shards().isEmpty()) {
            throw json.wrong("training", "at least one shard", "none");
        }
        for (Part part : Part.values()) {
            List<ShardInfo> shards = manifest.part(part).shards();
            for (int i = 0; i < shards.size(); i++) {
                ShardInfo shard = shards.get(i);
                boolean last = i == shards.size() - 1;
                int full = manifest.sequencesPerShard();
                if (last ? shard.sequences() > full : shard.sequences() != full) {
                    throw json.wrong(shard.file(), full + " sequences" + (last ? " at most" : ""), shard.sequences());
                }
            }
        }
        long kept = manifest.training().tokens() + manifest.heldOut().tokens();
        if (kept != manifest.counts().keptTokens()) {
            throw json.wrong(
                    "kept_tokens", kept + " as in the shards", manifest.counts().keptTokens());
        }
    }

    static String hex(int checksum) {
        return String.format(Locale.ROOT, "%08x", checksum);
    }
}
