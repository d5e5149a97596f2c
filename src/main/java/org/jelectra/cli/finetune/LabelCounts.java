package org.jelectra.cli.finetune;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jelectra.finetune.data.Example;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.tasks.TaggingData;
import org.jelectra.finetune.tasks.TaskData;

/** How many training examples, or words, each label has, in a line: of many labels the rarest alone. */
final class LabelCounts {

    private static final int FEW = 10;
    private static final int RAREST = 3;

    private LabelCounts() {}

    static String line(TaskData data) {
        List<String> labels = data.labels();
        long[] counts = new long[labels.size()];
        for (Example example : data.training()) {
            if (data.spec().kind() == TaskSpec.Kind.MULTILABEL) {
                example.classes().forEach(label -> counts[label]++);
            } else {
                counts[(int) example.label()]++;
            }
        }
        return line("labels", labels, counts);
    }

    static String line(TaggingData data) {
        List<String> tags = data.labels();
        Map<String, Long> counts = data.training().sentences().stream()
                .flatMap(sentence -> sentence.tags().stream())
                .collect(Collectors.groupingBy(tag -> tag, Collectors.counting()));
        return line(
                "tags",
                tags,
                tags.stream().mapToLong(tag -> counts.getOrDefault(tag, 0L)).toArray());
    }

    private static String line(String what, List<String> labels, long[] counts) {
        List<Integer> shown = IntStream.range(0, counts.length).boxed().toList();
        if (shown.size() <= FEW) {
            return what + ": " + text(labels, counts, shown);
        }
        List<Integer> rarest = shown.stream()
                .sorted(Comparator.comparingLong(label -> counts[label]))
                .limit(RAREST)
                .toList();
        return what + ": " + labels.size() + "; the rarest: " + text(labels, counts, rarest);
    }

    private static String text(List<String> labels, long[] counts, List<Integer> shown) {
        return shown.stream()
                .map(label -> String.format(Locale.ROOT, "%s %,d", labels.get(label), counts[label]))
                .collect(Collectors.joining(", "));
    }
}
