package org.jelectra.finetune;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * GLUE scores that others published, in percent.
 *
 * @param model as its authors call it
 * @param set {@code development} or {@code test}
 * @param source where the figures stand
 * @param scores by task; tasks that were not published are absent
 * @param average as published; over eight tasks, without WNLI
 */
record PublishedScores(String model, String set, String source, Map<String, Double> scores, double average) {

    private static final String PAPER = "Clark et al. 2020";
    private static final List<String> TASKS = List.of("CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE");

    /** Rows of comparable models; the mean of the official repository's row is derived from its tasks. */
    static final List<PublishedScores> ALL = List.of(
            new PublishedScores("ELECTRA-Small", "development", PAPER + ", Table 1", Map.of(), 79.9),
            new PublishedScores("BERT-Small", "development", PAPER + ", Table 1", Map.of(), 75.1),
            new PublishedScores("GPT", "development", PAPER + ", Table 1", Map.of(), 78.8),
            new PublishedScores(
                    "ELECTRA-Small-OWT",
                    "development",
                    "README of google-research/electra",
                    scores(56.8, 88.3, 87.4, 86.8, 88.3, 78.9, 87.9, 68.5),
                    80.36),
            new PublishedScores(
                    "ELECTRA-Small",
                    "test",
                    PAPER + ", Table 8",
                    scores(54.6, 89.1, 83.7, 80.3, 88.0, 79.7, 87.7, 60.8),
                    78.0),
            new PublishedScores(
                    "GPT", "test", PAPER + ", Table 8", scores(45.4, 91.3, 75.7, 80.0, 88.5, 82.1, 88.1, 56.0), 75.9));

    private static Map<String, Double> scores(double... values) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            scores.put(TASKS.get(i), values[i]);
        }
        return Collections.unmodifiableMap(scores);
    }

    /** The tasks of the published averages. */
    static List<String> tasks() {
        return TASKS;
    }
}
