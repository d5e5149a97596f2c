package org.jelectra.pretrain.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jelectra.io.Json;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.StepMetrics;

/** What {@code tools/gpu/bench}, {@code verify} or {@code train} has left in a folder: {@code results.json}, and {@code measurements}. */
final class BenchResults {

    private static final String FILE_NAME = "results.json";
    private static final String BENCH = "bench";

    private final Path measurements;
    private final JsonObject results;

    private BenchResults(Path measurements, JsonObject results) {
        this.measurements = measurements;
        this.results = results;
    }

    /**
     * The results of all tools that lie in the folder, in its folders {@code bench}, {@code verify} and {@code train}, and, where it
     * has results itself, beside it in folders of these names; by the tools' names.
     *
     * @throws IOException if there are none, or some cannot be understood
     */
    static Map<String, BenchResults> of(Path folder) throws IOException {
        List<Path> roots = new ArrayList<>(List.of(folder));
        List<Path> places = new ArrayList<>(List.of(folder));
        Path parent = folder.toAbsolutePath().normalize().getParent();
        if (parent != null && Files.exists(folder.resolve(FILE_NAME))) {
            roots.add(parent);
        }
        for (Path root : roots) {
            for (String tool : List.of(BENCH, "verify", "train")) {
                places.add(root.resolve(tool));
            }
        }
        Map<String, BenchResults> found = new HashMap<>();
        for (Path place : places) {
            if (Files.exists(place.resolve(FILE_NAME))) {
                BenchResults results = read(place);
                found.putIfAbsent(results.results.has("tool") ? results.text("tool") : BENCH, results);
            }
        }
        if (found.isEmpty()) {
            throw new IOException(folder + ": expected " + FILE_NAME
                    + " as tools/gpu/bench writes it, or folders bench, verify and train with such files");
        }
        return found;
    }

    private static BenchResults read(Path folder) throws IOException {
        Path file = folder.resolve(FILE_NAME);
        JsonObject results = Json.read(file);
        if (!results.has("parts") || !results.get("parts").isJsonArray()) {
            throw new IOException(file + ": expected an array \"parts\" as the tools in tools/gpu write them");
        }
        return new BenchResults(folder.resolve("measurements"), results);
    }

    /** Those of a tool that has not run. */
    static BenchResults none() {
        JsonObject nothing = new JsonObject();
        nothing.add("parts", new JsonArray());
        return new BenchResults(Path.of(""), nothing);
    }

    /** A text at the head of the results: commit, machine, gpu. */
    String text(String name) {
        return results.has(name) ? results.get(name).getAsString() : "not known";
    }

    boolean isRehearsal() {
        return results.has("rehearsal") && results.get("rehearsal").getAsBoolean();
    }

    /** All parts, in order. */
    List<JsonObject> parts() {
        List<JsonObject> parts = new ArrayList<>();
        results.getAsJsonArray("parts").forEach(part -> parts.add(part.getAsJsonObject()));
        return parts;
    }

    /** The facts of a part that has passed. */
    Optional<JsonObject> part(String name) {
        return facts(name).filter(part -> part.get("outcome").getAsString().equals("passed"));
    }

    /** The facts of a part that has timed a step, though there may have been no time for what else it measures. */
    Optional<JsonObject> timed(String name) {
        return facts(name)
                .filter(part ->
                        part.has("p50_ms") && !part.get("outcome").getAsString().equals("failed"));
    }

    /** The facts of a part, whatever its outcome. */
    Optional<JsonObject> facts(String name) {
        return parts().stream()
                .filter(part -> part.get("part").getAsString().equals(name))
                .findFirst();
    }

    /** Why a part has not passed. */
    String missing(String name) {
        String why = facts(name)
                .map(part -> part.get("outcome").getAsString()
                        + (part.has("reason") ? ": " + part.get("reason").getAsString() : "")
                        + (part.has("error") ? ": " + part.get("error").getAsString() : ""))
                .orElse("not run");
        return "Not measured: part " + name + ", " + why + ".";
    }

    /** A measurement in full; empty where there is none. */
    Optional<JsonObject> measurement(String fileName) throws IOException {
        Path file = measurements.resolve(fileName);
        return Files.exists(file) ? Optional.of(Json.read(file)) : Optional.empty();
    }

    /** What a training run has logged; none where there was none. */
    List<StepMetrics> metrics() throws IOException {
        return Files.exists(measurements.resolve(MetricsLog.FILE_NAME)) ? MetricsLog.read(measurements) : List.of();
    }

    /**
     * A measurement of one JSON object a line; none where it is not there. A last line that was torn when the tool was ended is
     * passed over.
     */
    List<JsonObject> lines(String fileName) throws IOException {
        List<JsonObject> lines = new ArrayList<>();
        Path file = measurements.resolve(fileName);
        if (Files.exists(file)) {
            // unlike Files.readAllLines it takes a character that was torn
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            List<String> rows = text.lines().toList();
            for (String row : rows) {
                try {
                    lines.add(Json.parse(row, file + ", line " + (lines.size() + 1)));
                } catch (IOException e) {
                    if (lines.size() < rows.size() - 1 || text.endsWith("\n")) {
                        throw e;
                    }
                }
            }
        }
        return lines;
    }
}
