package org.jelectra.pretrain.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jelectra.io.Json;

/** What {@code tools/gpu/bench} has left in a folder: {@code results.json}, and {@code measurements}. */
final class BenchResults {

    private final Path measurements;
    private final JsonObject results;

    /** @throws IOException if there are no results, or they cannot be understood */
    BenchResults(Path folder) throws IOException {
        measurements = folder.resolve("measurements");
        Path file = folder.resolve("results.json");
        results = Json.read(file);
        if (!results.has("parts") || !results.get("parts").isJsonArray()) {
            throw new IOException(file + ": expected an array \"parts\" as tools/gpu/bench writes them");
        }
    }

    /** A text at the head of the results: commit, machine, gpu. */
    String text(String name) {
        return results.has(name) ? results.get(name).getAsString() : "not known";
    }

    boolean isRehearsal() {
        return results.has("rehearsal") && results.get("rehearsal").getAsBoolean();
    }

    /** The facts of a part that has passed. */
    Optional<JsonObject> part(String name) {
        return find(name).filter(part -> part.get("outcome").getAsString().equals("passed"));
    }

    private Optional<JsonObject> find(String name) {
        for (JsonElement part : results.getAsJsonArray("parts")) {
            if (part.getAsJsonObject().get("part").getAsString().equals(name)) {
                return Optional.of(part.getAsJsonObject());
            }
        }
        return Optional.empty();
    }

    /** Why a part has not passed. */
    String missing(String name) {
        String why = find(name)
                .map(part -> part.get("outcome").getAsString()
                        + (part.has("reason") ? ": " + part.get("reason").getAsString() : ""))
                .orElse("not run");
        return "Not measured: part " + name + ", " + why + ".";
    }

    /** A measurement in full; empty where there is none. */
    Optional<JsonObject> measurement(String fileName) throws IOException {
        Path file = measurements.resolve(fileName);
        return Files.exists(file) ? Optional.of(Json.read(file)) : Optional.empty();
    }

    /** A measurement of one JSON object a line; none where it is not there. */
    List<JsonObject> lines(String fileName) throws IOException {
        List<JsonObject> lines = new ArrayList<>();
        Path file = measurements.resolve(fileName);
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                lines.add(Json.parse(line, file + ", line " + (lines.size() + 1)));
            }
        }
        return lines;
    }
}
