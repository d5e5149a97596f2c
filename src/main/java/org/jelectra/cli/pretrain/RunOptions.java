package org.jelectra.cli.pretrain;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options that a run was begun with, kept in its settings so that {@code --resume} needs none of them again. */
final class RunOptions {

    /**
     * What changes at most the rounding of a run's numbers: where and how it computes, in how many parts a batch, how long, what is
     * kept of it, and where its text lies, which a snapshot recognises.
     */
    private static final Set<String> CHANGEABLE = Set.of(
            "--data",
            "--threads",
            "--backend",
            "--precision",
            "--accumulate",
            "--snapshot-steps",
            "--snapshot-minutes",
            "--keep",
            "--max-hours");
    /** What belongs to one call and not to the run. */
    private static final Set<String> OF_THE_CALL =
            Set.of("--resume", "--like", "--output", "--device-memory", "--verbose", "--help", "--version");

    private static final String FIT_HOURS = "--fit-hours";

    /** What sets the number of steps; of several but --fit-hours, which stands alone, the shortest counts. */
    private static final Set<String> LENGTH = Set.of("--max-steps", "--max-epochs", "--max-flops", FIT_HOURS);
    /** How text is read, cut into tokens and packed, which is done with in prepared text. */
    private static final Set<String> TEXT = Set.of(
            "--text-field",
            "--invalid-utf8",
            "--blank-lines",
            "--vocab",
            "--lower-case",
            "--strip-accents",
            "--vocab-size",
            "--held-out",
            "--sequence-length");

    private static final String OBJECTIVE = "--objective";
    private static final String DISCRIMINATOR_WEIGHT = "--discriminator-weight";
    /** What an objective of one network has no use for. */
    private static final Set<String> TWO_NETWORKS = Set.of(
            "--generator-size",
            "--generator-layers",
            "--sharing",
            "--generator-training",
            DISCRIMINATOR_WEIGHT,
            "--temperature",
            "--sampler");

    private final Map<String, List<String>> values;

    private RunOptions(Map<String, List<String>> values) {
        this.values = values;
    }

    /** The options on a command line, in one spelling; paths are absolute, as a run may be resumed from elsewhere. */
    static RunOptions of(ParseResult line) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (OptionSpec option : line.matchedOptions()) {
            if (!OF_THE_CALL.contains(option.longestName())) {
                values.put(option.longestName(), strings(option.getValue()));
            }
        }
        return new RunOptions(values);
    }

    private static List<String> strings(Object value) {
        List<String> strings = new ArrayList<>();
        for (Object one : value instanceof List<?> list ? list : List.of(value)) {
            strings.add(one instanceof Path path ? path.toAbsolutePath().toString() : name(one));
        }
        return strings;
    }

    private static String name(Object value) {
        return value instanceof Preset preset ? preset.label() : value.toString();
    }

    static RunOptions fromJson(JsonObject json) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String name : json.keySet()) {
            List<String> list = new ArrayList<>();
            for (JsonElement value : json.getAsJsonArray(name)) {
                list.add(value.getAsString());
            }
            values.put(name, list);
        }
        return new RunOptions(values);
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        values.forEach((name, list) -> {
            JsonArray array = new JsonArray();
            list.forEach(array::add);
            json.add(name, array);
        });
        return json;
    }

    /**
     * These options of a run with those of the call that resumes it.
     *
     * @throws IllegalArgumentException if the call asks for something else than the run did
     */
    RunOptions resumedWith(RunOptions call) {
        if (call.values.containsKey(FIT_HOURS)) {
            throw new IllegalArgumentException("a resumed run keeps its number of steps: expected no " + FIT_HOURS
                    + " beside --resume; --max-hours limits the rest");
        }
        Map<String, List<String>> merged = new LinkedHashMap<>(values);
        call.values.forEach((name, given) -> {
            List<String> own = merged.get(name);
            if (!CHANGEABLE.contains(name) && !given.equals(own)) {
                throw new IllegalArgumentException("a resumed run keeps its options: expected "
                        + (own == null ? name + " to be left out, as at its beginning" : name + " " + text(own))
                        + ", got " + name + " " + text(given) + "; for other ones begin a new run with --init-from");
            }
            merged.put(name, given);
        });
        return new RunOptions(merged);
    }

    /**
     * These options of a run with those of the call that begins another one like it, which replace them: one of those that set the
     * number of steps replaces them all, text that is prepared those of reading and packing, and another objective {@link
     * #withoutUse those without use for it}.
     *
     * @param prepared whether the call names prepared text
     */
    RunOptions replacedBy(RunOptions call, boolean prepared) {
        Map<String, List<String>> merged = new LinkedHashMap<>(values);
        if (!Collections.disjoint(LENGTH, call.values.keySet())) {
            merged.keySet().removeAll(LENGTH);
        }
        if (prepared) {
            merged.keySet().removeAll(TEXT);
        }
        merged.keySet().removeAll(withoutUse(call));
        merged.putAll(call.values);
        return new RunOptions(merged);
    }

    /**
     * Names of these options of a run that mean nothing, or something else, with the objective of the call that begins another one like
     * it: those of two networks where it trains one, and the weight of the main network's loss where that loss is of another kind.
     */
    List<String> withoutUse(RunOptions call) {
        Objective next = call.objective();
        if (next == null) {
            return List.of();
        }
        Objective own = objective() == null ? Objective.ELECTRA : objective();
        Set<String> names = !next.hasMainNetwork()
                ? TWO_NETWORKS
                : next.hasDiscriminator() != own.hasDiscriminator() ? Set.of(DISCRIMINATOR_WEIGHT) : Set.of();
        return values.keySet().stream()
                .filter(name -> names.contains(name) && !call.values.containsKey(name))
                .toList();
    }

    /** Whether a run with these has the text of another one that it is like, read and cut into tokens in the same way. */
    boolean keepText() {
        return Collections.disjoint(values.keySet(), TEXT)
                && Collections.disjoint(values.keySet(), Set.of("--data", "--preset", "--init-from"));
    }

    /** The objective that is named; null where none is. */
    private Objective objective() {
        List<String> named = values.getOrDefault(OBJECTIVE, List.of());
        for (Objective objective : Objective.values()) {
            if (named.contains(objective.toString())) {
                return objective;
            }
        }
        return null;
    }

    private static String text(List<String> values) {
        return String.join(" ", values);
    }

    /** These, with one more where they lack it. */
    RunOptions orElse(String name, String value) {
        Map<String, List<String>> all = new LinkedHashMap<>(values);
        all.putIfAbsent(name, List.of(value));
        return new RunOptions(all);
    }

    /** These with the number of steps that the hours of --fit-hours hold in its place. */
    RunOptions fitted(int steps) {
        Map<String, List<String>> all = new LinkedHashMap<>(values);
        all.remove(FIT_HOURS);
        all.put("--max-steps", List.of(Integer.toString(steps)));
        return new RunOptions(all);
    }

    /** As command-line arguments. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        values.forEach((name, list) -> list.forEach(value -> arguments.add(name + "=" + value)));
        return arguments;
    }
}
