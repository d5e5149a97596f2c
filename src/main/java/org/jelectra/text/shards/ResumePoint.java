package org.jelectra.text.shards;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.io.Sha256;
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

    /** The same by their absolute paths. One of the two must be equal: a folder may move, and be named from elsewhere. */
    static final String INPUT_PLACES = "input_places";

    /** The setting that tells when the text's files were changed, with the latest of these times in it. */
    static final String INPUT_TIMES = "input_times";

    static final String LATEST = "latest";

    private static final String FORMAT = "jelectra-resume";
    /** To be raised with every change of these records: what a file lacks would be read as 0. */
    private static final int VERSION = 2;

    private static final String STATE = "state";
    private static final String HASH = "sha256";
    /** What it reads has the checksum of what it wrote, and needs no other checks. */
    private static final Gson GSON = new Gson();

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
        json.addProperty("version", VERSION);
        JsonElement state = GSON.toJsonTree(this);
        json.add(STATE, state);
        json.addProperty(HASH, hash(state));
        Path file = directory.resolve(FILE_NAME);
        try {
            Json.write(file, json);
        } catch (IOException e) {
            throw Writing.failure(file, e);
        }
    }

    private static String hash(JsonElement state) {
        return Sha256.of(state.toString().getBytes(StandardCharsets.UTF_8));
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
            json.integer("version", VERSION, VERSION);
            JsonObject state = json.object(STATE).object();
            if (!json.text(HASH).equals(hash(state))) {
                throw json.wrong(HASH, hash(state) + " as of its state", json.text(HASH));
            }
            return GSON.fromJson(state, ResumePoint.class);
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
}
