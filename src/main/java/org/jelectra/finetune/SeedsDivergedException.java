package org.jelectra.finetune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** At least one seed of a run has diverged; the others have ended, and their results are written. */
public final class SeedsDivergedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final transient List<SeedResult> results;
    private final LinkedHashMap<Long, String> reasons;

    /**
     * @param results of the seeds that ended
     * @param reasons of the seeds that did not, at least one
     * @param file with the results
     */
    SeedsDivergedException(List<SeedResult> results, Map<Long, String> reasons, Path file, Throwable cause) {
        super(message(reasons) + (results.isEmpty() ? "" : "; the other seeds are in " + file), cause);
        this.results = new ArrayList<>(results);
        this.reasons = new LinkedHashMap<>(reasons);
    }

    private static String message(Map<Long, String> reasons) {
        Map.Entry<Long, String> first = reasons.entrySet().iterator().next();
        String others = reasons.keySet().stream().skip(1).map(String::valueOf).collect(Collectors.joining(", "));
        return "seed " + first.getKey() + ": " + first.getValue()
                + (others.isEmpty() ? "" : "; seed " + others + " diverged too");
    }

    /** Of the seeds that ended, perhaps none. */
    public List<SeedResult> results() {
        return List.copyOf(results);
    }

    /** Of each seed that diverged, why. */
    public Map<Long, String> reasons() {
        return Collections.unmodifiableMap(reasons);
    }
}
