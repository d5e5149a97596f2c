package org.jelectra.finetune.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.SmallTasks;
import org.jelectra.finetune.data.Example;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.TaggedFile;
import org.jelectra.finetune.data.TaggedSentence;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.metrics.LabelScore;
import org.jelectra.finetune.metrics.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a model's outputs are worth, by hand. */
class SequenceScoresTest {

    private static final Offset<Double> CLOSE = within(1e-6);
    private static final float LOG_3 = (float) Math.log(3);

    private static Example labelled(float label) {
        return new Example("text", null, label);
    }

    /** What {@code metric} of a task may name is computed, and stands in the table of the documentation. */
    @ParameterizedTest
    @EnumSource
    void everyMetricThatIsOffered(TaskSpec.Kind kind) throws IOException {
        Set<String> offered = kind.metrics().stream().map(Metric::label).collect(Collectors.toSet());
        assertThat(found(kind).values().keySet()).containsAll(offered);
        List<String> table = Files.readAllLines(Path.of("docs/fine-tuning.md")).stream()
                .filter(line -> line.startsWith("| `" + kind.label() + "` |"))
                .toList();
        assertThat(table).hasSize(1);
        assertThat(Pattern.compile("`([a-z0-9_]+)`")
                        .matcher(table.get(0).substring(table.get(0).indexOf('|', 1)))
                        .results()
                        .map(name -> name.group(1)))
                .containsExactlyElementsOf(
                        kind.metrics().stream().map(Metric::label).toList());
    }

    private static Evaluation found(TaskSpec.Kind kind) {
        List<Example> examples = List.of(labelled(0), labelled(1));
        List<float[]> outputs = List.of(new float[] {1, 0}, new float[] {0, 1});
        return switch (kind) {
            case CLASSIFICATION -> SequenceScores.of(GlueTasks.find("RTE"), examples, outputs, 2);
            case REGRESSION -> SequenceScores.of(GlueTasks.find("STS-B"), examples, outputs, 1);
            case MULTILABEL ->
                SequenceScores.of(
                        SmallTasks.severalLabels("cat", "dog"),
                        List.of(new Example("text", null, Float.NaN, List.of(0))),
                        List.of(new float[] {1, 0}),
                        2);
            case TAGGING ->
                TaggingTask.score(
                        Metric.ENTITY_F1,
                        List.of("B-CAT"),
                        new TaggedFile(
                                Path.of("dev.txt"), List.of(new TaggedSentence(List.of("cat"), List.of("B-CAT")))),
                        List.of(List.of("B-CAT")));
        };
    }

    /** Probabilities of 3/4 and 1/4, one of the three wrong, all of one class. */
    @Test
    void classification() {
        List<Example> examples = List.of(labelled(0), labelled(0), labelled(1));
        List<float[]> outputs = List.of(new float[] {LOG_3, 0}, new float[] {5 + LOG_3, 5}, new float[] {LOG_3, 0});
        Evaluation found = SequenceScores.of(GlueTasks.find("RTE"), examples, outputs, 2);
        assertThat(found.values().get("accuracy")).isCloseTo(2.0 / 3, CLOSE);
        assertThat(found.values().get("loss")).isCloseTo((2 * Math.log(4.0 / 3) + Math.log(4)) / 3, CLOSE);
        assertThat(found.values().get("f1")).isZero();
        assertThat(found.degenerate()).isTrue();
        assertThat(SequenceScores.of(GlueTasks.find("MNLI"), examples, outputs, 3)
                        .values())
                .as("of three classes")
                .doesNotContainKey("f1");
    }

    /** The first label of the first text is missed; 3/4 and 1/4 for each label of the second, which has the first. */
    @Test
    void severalLabels() {
        TaskSpec spec = SmallTasks.severalLabels("cat", "dog");
        List<Example> examples = List.of(
                new Example("text", null, Float.NaN, List.of(0)), new Example("text", null, Float.NaN, List.of(0)));
        List<float[]> outputs = List.of(new float[] {0, 0}, new float[] {LOG_3, -LOG_3});
        Evaluation found = SequenceScores.of(spec, examples, outputs, 2);
        assertThat(found.values().get("micro_precision")).isEqualTo(1);
        assertThat(found.values().get("micro_recall")).isEqualTo(0.5);
        assertThat(found.values().get("exact_match")).isEqualTo(0.5);
        assertThat(found.values().get("loss")).isCloseTo((Math.log(2) + Math.log(4.0 / 3)) / 2, CLOSE);
        assertThat(SequenceScores.labels(spec, examples, outputs, spec.labels()))
                .containsExactly(new LabelScore("cat", 1, 0.5, 2.0 / 3, 2), new LabelScore("dog", 0, 0, 0, 0));
    }

    @Test
    void regression() {
        TaskSpec spec = GlueTasks.find("STS-B");
        List<Example> examples = List.of(labelled(0.1f), labelled(0.5f), labelled(0.6f));
        List<float[]> growing = List.of(new float[] {0}, new float[] {0.5f}, new float[] {0.7f});
        Evaluation found = SequenceScores.of(spec, examples, growing, 1);
        assertThat(found.values().get("spearman")).isCloseTo(1, CLOSE);
        assertThat(found.values().get("mean_squared_error"))
                .as("in the units of the file")
                .isCloseTo(5 * 5 * 0.02 / 3, CLOSE);
        assertThat(found.degenerate()).isFalse();
        List<float[]> constant = List.of(new float[] {2}, new float[] {2}, new float[] {2});
        assertThat(SequenceScores.of(spec, examples, constant, 1).degenerate()).isTrue();
        List<float[]> nearly = List.of(new float[] {2}, new float[] {2.001f}, new float[] {2.002f});
        assertThat(SequenceScores.of(spec, examples, nearly, 1).degenerate()).isTrue();
        List<float[]> cautious = List.of(new float[] {2}, new float[] {2.01f}, new float[] {2.02f});
        assertThat(SequenceScores.of(spec, examples, cautious, 1).degenerate()).isFalse();
        List<Example> equal = List.of(labelled(1), labelled(1), labelled(1));
        assertThat(SequenceScores.of(spec, equal, constant, 1).degenerate()).isFalse();
    }

    @Test
    void tags() {
        TaggedFile file = new TaggedFile(
                Path.of("dev.txt"),
                List.of(
                        new TaggedSentence(List.of("a", "cat"), List.of("O", "B-CAT")),
                        new TaggedSentence(List.of("a"), List.of("O"))));
        List<String> labels = List.of("B-CAT", "O");
        Evaluation found =
                TaggingTask.score(Metric.ENTITY_F1, labels, file, List.of(List.of("B-CAT", "B-CAT"), List.of("O")));
        assertThat(found.values().get("accuracy")).isCloseTo(2.0 / 3, CLOSE);
        assertThat(found.values().get("entity_precision")).isEqualTo(0.5);
        assertThat(found.values().get("entity_recall")).isEqualTo(1);
        assertThat(found.degenerate()).isFalse();
        assertThat(TaggingTask.score(
                                Metric.ENTITY_F1,
                                List.of("B-CAT", "O", "X"),
                                file,
                                List.of(List.of("X", "B-CAT"), List.of("O")))
                        .values()
                        .get("entity_f1"))
                .as("X of another program's model marks nothing")
                .isEqualTo(1);
        List<List<String>> none = List.of(List.of("O", "O"), List.of("O"));
        assertThat(TaggingTask.score(Metric.ENTITY_F1, labels, file, none).degenerate())
                .isTrue();
        TaggedFile empty =
                new TaggedFile(file.file(), List.of(new TaggedSentence(List.of("a", "a"), List.of("O", "O"))));
        assertThat(TaggingTask.score(Metric.ENTITY_F1, labels, empty, List.of(List.of("O", "O")))
                        .degenerate())
                .isFalse();
        assertThat(TaggingTask.score(Metric.ACCURACY, List.of("B-CAT", "NOUN", "O"), file, none)
                        .values())
                .as("a tag that the file has not, but the model")
                .containsOnlyKeys("accuracy");
    }
}
