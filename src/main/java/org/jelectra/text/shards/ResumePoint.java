package org.jelectra.text.shards;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.text.SegmentCutter;
import org.jelectra.text.corpus.CorpusPosition;

/**
 * {@code resume.json}: everything an interrupted preparation needs to go on, so that its result equals that of an uninterrupted
 * one bit for bit. Written only after the rows that it speaks of are on the disk, and deleted at the end.
 *
 * @param settings what determines the result; another run must have the same to go on
 * @param rule the rule by which documents are held out in this pass
 * @param position where reading goes on
 * @param tally what was counted
 * @param signatures entries of the signature log
 * @param training state of the training part
 * @param heldOut state of the held-out part
 */
record ResumePoint(
        JsonObject settings,
        HeldOutRule rule,
        CorpusPosition position,
        Tally tally,
        long signatures,
        PartState training,
        PartState heldOut) {

    static final String FILE_NAME = "resume.json";

    /** The setting that tells which files the text is in, by their names. */
    static final String INPUTS = "inputs";

    /** The same by their absolute paths; older files are without it. One of the two must be equal: files may be renamed, or move. */
    static final String INPUT_PLACES = "input_places";

    /** The setting that tells when the text's files were changed, with the latest of these times in it. */
    static final String INPUT_TIMES = "input_times";

    static final String LATEST = "latest";

    private static final String FORMAT = "jelectra-resume";

    /** State of a part: complete shards, the open one, and what is not written yet. */
    record PartState(List<ShardInfo> shards, PartWriter.OpenShard open, PartPacker.State packer) {

        static final PartState START = new PartState(List.of(), PartWriter.OpenShard.NONE, PartPacker.State.START);
    }

    /** Before the first document. */
    static ResumePoint start(JsonObject settings, HeldOutRule rule) {
        return new ResumePoint(settings, rule, CorpusPosition.START, new Tally(), 0, PartState.START, PartState.START);
    }

    void write(Path directory) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT);
        json.addProperty("version", ShardHeader.VERSION);
        json.add("settings", settings);
        JsonObject ruleJson = new JsonObject();
        ruleJson.addProperty("document", rule.document());
        ruleJson.addProperty("side", rule.side() == null ? "" : rule.side().name());
        ruleJson.addProperty("tail_from", rule.tailFrom());
        ruleJson.addProperty("tail_latest", rule.tailLatest());
        json.add("rule", ruleJson);
        JsonObject place = new JsonObject();
        place.addProperty("source", position.source());
        place.addProperty("offset", position.offset());
        place.addProperty("line", position.line());
        place.addProperty("within_line", position.withinLine());
        place.addProperty("documents", position.documents());
        place.addProperty("within_document", position.withinDocument());
        json.add("position", place);
        json.add("tally", tally.write());
        json.addProperty("signatures", signatures);
        json.add("training", write(training));
        json.add("held_out", write(heldOut));
        Path file = directory.resolve(FILE_NAME);
        try {
            Json.write(file, json);
        } catch (IOException e) {
            throw Writing.failure(file, e);
        }
    }

    private static JsonObject write(PartState part) {
        JsonObject json = new JsonObject();
        json.add("shards", ManifestJson.shards(part.shards()));
        JsonObject open = new JsonObject();
        open.addProperty("sequences", part.open().sequences());
        open.addProperty("tokens", part.open().tokens());
        open.addProperty("segments", part.open().segments());
        open.addProperty("checksum", part.open().checksum());
        json.add("open", open);
        PartPacker.State packer = part.packer();
        json.addProperty("used", packer.cutter().used());
        json.addProperty("sequences", packer.cutter().sequences());
        json.add("row", array(packer.row()));
        json.addProperty("row_segments", packer.rowSegments());
        json.add("waiting", array(packer.waiting()));
        json.add("line_ends", array(packer.lineEnds()));
        json.addProperty("ended", packer.ended());
        return json;
    }

    private static JsonArray array(int[] values) {
        JsonArray json = new JsonArray(values.length);
        for (int value : values) {
            json.add(value);
        }
        return json;
    }

    /**
     * Reads the file of a directory.
     *
     * @throws IOException if it is damaged
     */
    static ResumePoint read(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        try {
            JsonFields json = new JsonFields(Json.read(file), file.toString());
            if (!json.text("format").equals(FORMAT)) {
                throw json.wrong("format", FORMAT, json.text("format"));
            }
            json.integer("version", ShardHeader.VERSION, ShardHeader.VERSION);
            return new ResumePoint(
                    json.object("settings").object(),
                    readRule(json.object("rule")),
                    readPosition(json.object("position")),
                    Tally.read(json.object("tally")),
                    json.whole("signatures", 0, Integer.MAX_VALUE),
                    readPart(json.object("training"), Part.TRAINING),
                    readPart(json.object("held_out"), Part.HELD_OUT));
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; delete " + directory + " and prepare again", e);
        }
    }

    /** Complete shards of both parts. */
    int completeShards() {
        return training.shards().size() + heldOut.shards().size();
    }

    /** The first setting in which a run with these settings differs, with both values; null if there is none. */
    String difference(JsonObject now) {
        for (String name : now.keySet()) {
            JsonElement earlier = settings.get(name);
            boolean same = switch (name) {
                case INPUTS -> isSame(INPUTS, now) || isSame(INPUT_PLACES, now);
                case INPUT_PLACES -> true; // see INPUTS
                default -> isSame(name, now);
            };
            if (!same) {
                if (name.equals(INPUT_TIMES) && earlier instanceof JsonObject times) {
                    JsonElement before = times.get(LATEST);
                    JsonElement latest = now.getAsJsonObject(name).get(LATEST);
                    return "a file was changed, and has its size still"
                            + (latest.equals(before) ? "" : ", latest at " + before + ", now " + latest);
                }
                return name + " was " + earlier + ", now " + now.get(name);
            }
        }
        return null;
    }

    private boolean isSame(String name, JsonObject now) {
        return now.get(name).equals(settings.get(name));
    }

    /** Whether nothing differs but when the files were changed last. */
    boolean differsInTimes(JsonObject now) {
        JsonObject others = now.deepCopy();
        others.add(INPUT_TIMES, settings.get(INPUT_TIMES));
        return difference(others) == null && difference(now) != null;
    }

    private static HeldOutRule readRule(JsonFields json) throws IOException {
        String side = json.text("side");
        Part part = null;
        for (Part candidate : Part.values()) {
            part = candidate.name().equals(side) ? candidate : part;
        }
        return new HeldOutRule(
                json.integer("document", -1, Integer.MAX_VALUE),
                part,
                json.whole("tail_from", 0, Long.MAX_VALUE),
                json.whole("tail_latest", 0, Long.MAX_VALUE));
    }

    private static CorpusPosition readPosition(JsonFields json) throws IOException {
        return new CorpusPosition(
                json.integer("source", 0, Integer.MAX_VALUE),
                json.whole("offset", 0, Long.MAX_VALUE),
                json.whole("line", 0, Long.MAX_VALUE),
                json.flag("within_line"),
                json.integer("documents", 0, Integer.MAX_VALUE),
                json.flag("within_document"));
    }

    private static PartState readPart(JsonFields json, Part part) throws IOException {
        JsonFields open = json.object("open");
        PartPacker.State packer = new PartPacker.State(
                new SegmentCutter.State(
                        json.integer("used", 1, ShardManifest.LONGEST_SEQUENCE),
                        json.whole("sequences", 0, Integer.MAX_VALUE)),
                json.integers("row", 0, Integer.MAX_VALUE),
                json.integer("row_segments", 0, ShardManifest.LONGEST_SEQUENCE),
                json.integers("waiting", 0, Integer.MAX_VALUE),
                json.integers("line_ends", 0, Integer.MAX_VALUE),
                json.flag("ended"));
        return new PartState(
                ManifestJson.readShards(json, part),
                new PartWriter.OpenShard(
                        open.integer("sequences", 0, Integer.MAX_VALUE),
                        open.whole("tokens", 0, Integer.MAX_VALUE),
                        open.whole("segments", 0, Integer.MAX_VALUE),
                        open.integer("checksum", Integer.MIN_VALUE, Integer.MAX_VALUE)),
                packer);
    }
}
