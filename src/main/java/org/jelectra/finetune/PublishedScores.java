package org.jelectra.finetune;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * GLUE scores that others published, in percent.
 *
 * @param model as its authors call it
 * @param set {@link #DEVELOPMENT} or {@link #TEST}
 * @param source where the figures stand
 * @param verified whether they were compared with that source
 * @param scores by task; tasks that were not published are absent
 * @param average as published; over eight tasks, without WNLI
 */
public record PublishedScores(
        String model, String set, String source, boolean verified, Map<String, Double> scores, double average) {

    /** The tasks' development sets. */
    public static final String DEVELOPMENT = "development";
    /** Their test sets. */
    public static final String TEST = "test";

    private static final String PAPER = "Clark et al. 2020, Table ";
    private static final String README = "README of google-research/electra";
    private static final List<String> TASKS = List.of("CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE");

    /** Rows of comparable models; the means of the official repository's rows are derived from its tasks. */
    public static final List<PublishedScores> ALL = List.of(
            paper("ELMo", 71.2),
            paper("GPT", 78.8),
            paper("BERT-Small", 75.1),
            paper("BERT-Base", 82.2),
            paper("ELECTRA-Small", 79.9),
            paper("ELECTRA-Small, 50 % trained", 79.0),
            paper("ELECTRA-Small, 25 % trained", 77.7),
            paper("ELECTRA-Small, 12.5 % trained", 76.0),
            paper("ELECTRA-Small, 6.25 % trained", 74.1),
            paper("ELECTRA-Base", 85.1),
            large("BERT-Large", 84.0, 60.6, 93.2, 88.0, 90.0, 91.3, 86.6, 92.3, 70.4),
            large("RoBERTa-100K", 87.9, 66.1, 95.6, 91.4, 92.2, 92.0, 89.3, 94.0, 82.7),
            large("RoBERTa-500K", 88.9, 68.0, 96.4, 90.9, 92.1, 92.2, 90.2, 94.7, 86.6),
            large("XLNet", 89.1, 69.0, 97.0, 90.8, 92.2, 92.3, 90.8, 94.9, 85.9),
            large("BERT-Large, ELECTRA's data", 87.2, 67.0, 95.9, 89.1, 91.2, 91.5, 89.6, 93.5, 79.5),
            large("ELECTRA-400K", 89.0, 69.3, 96.0, 90.6, 92.1, 92.4, 90.5, 94.5, 86.8),
            large("ELECTRA-1.75M", 89.5, 69.1, 96.9, 90.8, 92.6, 92.4, 90.9, 95.0, 88.0),
            released("ELECTRA-Small-OWT", 80.36, 56.8, 88.3, 87.4, 86.8, 88.3, 78.9, 87.9, 68.5),
            released("ELECTRA-Small++", 81.14, 57.0, 91.2, 88.0, 87.5, 89.0, 81.3, 88.4, 66.7),
            released("ELECTRA-Base++", 87.46, 67.7, 95.1, 89.5, 91.2, 91.5, 88.8, 93.2, 82.7),
            test("GPT", false, 75.9, 45.4, 91.3, 75.7, 80.0, 88.5, 82.1, 88.1, 56.0),
            test("BERT-Base", false, 80.9, 52.1, 93.5, 84.8, 85.8, 89.2, 84.6, 90.5, 66.4),
            test("ELECTRA-Small", false, 78.0, 54.6, 89.1, 83.7, 80.3, 88.0, 79.7, 87.7, 60.8),
            test("ELECTRA-Small++", true, 79.7, 55.6, 91.1, 84.9, 84.6, 88.0, 81.6, 88.3, 63.6),
            test("ELECTRA-Base", false, 83.5, 59.7, 93.4, 86.7, 87.7, 89.1, 85.8, 92.7, 73.1),
            test("ELECTRA-Base++", false, 85.7, 64.6, 96.0, 88.1, 90.2, 89.5, 88.5, 93.1, 75.2),
            test("ELECTRA-1.75M", false, 88.6, 68.1, 96.7, 89.2, 91.7, 90.4, 90.7, 95.5, 86.1));

    /** The row of a model and set, where there is one. */
    public static Optional<PublishedScores> of(String model, String set) {
        return ALL.stream()
                .filter(row -> row.model.equals(model) && row.set.equals(set))
                .findFirst();
    }

    private static PublishedScores paper(String model, double average) {
        return new PublishedScores(model, DEVELOPMENT, PAPER + 1, true, Map.of(), average);
    }

    private static PublishedScores large(String model, double average, double... tasks) {
        return new PublishedScores(model, DEVELOPMENT, PAPER + 2, true, scores(tasks), average);
    }

    private static PublishedScores released(String model, double average, double... tasks) {
        return new PublishedScores(model, DEVELOPMENT, README, true, scores(tasks), average);
    }

    private static PublishedScores test(String model, boolean verified, double average, double... tasks) {
        return new PublishedScores(model, TEST, PAPER + 8, verified, scores(tasks), average);
    }

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
