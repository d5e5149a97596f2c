package org.jelectra.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jelectra.finetune.tasks.TaggingData;
import org.jelectra.finetune.tasks.TaskData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is measured is not trained on, and the same in every run. */
class HeldOutTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"0.2, 50, 10", "0.01, 20, 1", "0.99, 20, 19", "0.5, 2, 1", "0.25, 10, 3"})
    void dividesTheRows(double fraction, int rows, int measured) {
        List<Integer> all = IntStream.range(0, rows).boxed().toList();
        HeldOut heldOut = new HeldOut(fraction, 1);
        assertThat(heldOut.measured(all)).hasSize(measured).isSorted().isEqualTo(heldOut.measured(all));
        assertThat(heldOut.trained(all)).isSorted();
        List<Integer> both = new ArrayList<>(heldOut.trained(all));
        both.addAll(heldOut.measured(all));
        assertThat(both).containsExactlyInAnyOrderElementsOf(all);
    }

    /** Scores of other days are compared: they are of the same examples. */
    @Test
    void theDrawOfASeedIsForGood() {
        List<Integer> all = IntStream.range(0, 84).boxed().toList();
        List<Integer> classes = all.stream().map(row -> row % 6).toList();
        List<Integer> measured = new HeldOut(0.1, 1).measured(all, classes);
        assertThat(measured).containsExactly(10, 21, 25, 37, 47, 56, 60, 75);
        assertThat(measured.stream().map(classes::get).sorted())
                .as("of 1.4 each, so that they add up")
                .containsExactly(0, 1, 1, 2, 3, 3, 4, 5);
        assertThat(new HeldOut(0.25, 1).measured(all.subList(0, 24))).containsExactly(4, 8, 10, 14, 17, 18);
    }

    @Test
    void twoExamplesAreEnough() throws IOException {
        Files.writeString(folder.resolve("train.txt"), "cat B\n\ndog O\n");
        TaggingData data = TaggingData.load(declare("{\"kind\": \"tagging\", \"dev_fraction\": 0.1}"), folder);
        assertThat(data.training().sentences()).hasSize(1);
        assertThat(data.development().get(0).sentences()).hasSize(1);
    }

    /** 100 of one class, 4 and 2 of others, and one of its own. */
    @Test
    void everyClassOfTwoIsOnBothSides() {
        List<Integer> all = IntStream.range(0, 107).boxed().toList();
        List<String> classes = all.stream()
                .map(row -> row < 100 ? "often" : row < 104 ? "rare" : row < 106 ? "twice" : "once")
                .toList();
        for (long seed = 1; seed <= 20; seed++) {
            HeldOut heldOut = new HeldOut(0.1, seed);
            List<Integer> measured = heldOut.measured(all, classes);
            assertThat(measured).isSorted().isEqualTo(heldOut.measured(all, classes));
            assertThat(measured.stream().map(classes::get).toList())
                    .containsExactlyElementsOf(
                            Stream.concat(Collections.nCopies(10, "often").stream(), Stream.of("rare", "twice"))
                                    .toList());
            List<Integer> both = new ArrayList<>(heldOut.trained(all, classes));
            both.addAll(measured);
            assertThat(both).containsExactlyInAnyOrderElementsOf(all);
        }
        assertThat(new HeldOut(0.1, 1).measured(all, classes)).isNotEqualTo(new HeldOut(0.1, 2).measured(all, classes));
        assertThat(new HeldOut(0.5, 1).measured(all, all))
                .as("of classes of one, as without classes")
                .isEqualTo(new HeldOut(0.5, 1).measured(all));
    }

    /** 50 classes of two come first, each with one on either side: no reason to take less of what follows. */
    @Test
    void rareClassesTakeNothingFromTheOthers() {
        List<Integer> all = IntStream.range(0, 500).boxed().toList();
        List<Integer> classes =
                all.stream().map(row -> row < 100 ? row / 2 : 50).toList();
        assertThat(new HeldOut(0.1, 1).measured(all, classes).stream().map(classes::get))
                .hasSize(50 + 40)
                .filteredOn(label -> label == 50)
                .hasSize(40);
    }

    @Test
    void aDeclaredClassificationIsStratified() throws IOException {
        StringBuilder rows = new StringBuilder("body,topic\n");
        IntStream.range(0, 40).forEach(i -> rows.append("text ").append(i).append(i < 38 ? ",often\n" : ",rare\n"));
        Files.writeString(folder.resolve("all.csv"), rows);
        TaskData data = TaskData.load(
                declare("{\"text\": \"body\", \"label\": \"topic\", \"train\": \"all.csv\", \"dev_fraction\": 0.1}"),
                folder);
        for (float label : new float[] {0, 1}) {
            assertThat(data.training()).anyMatch(example -> example.label() == label);
            assertThat(data.development().get(0).examples()).anyMatch(example -> example.label() == label);
        }
    }

    @Test
    void anotherSeedDrawsOthersFromTheWholeFile() {
        List<Integer> all = IntStream.range(0, 1000).boxed().toList();
        assertThat(new HeldOut(0.1, 1).measured(all)).isNotEqualTo(new HeldOut(0.1, 2).measured(all));
        assertThat(new HeldOut(0.1, 1)
                        .measured(all).stream().mapToInt(i -> i).average().orElseThrow())
                .isBetween(400.0, 600.0);
    }

    @Test
    void fromADeclaration() throws IOException {
        StringBuilder rows = new StringBuilder("body,topic\n");
        IntStream.range(0, 20)
                .forEach(i -> rows.append("text ")
                        .append(i)
                        .append(",t")
                        .append(i % 2)
                        .append('\n'));
        Files.writeString(folder.resolve("all.csv"), rows);
        TaskSpec spec =
                declare("{\"text\": \"body\", \"label\": \"topic\", \"train\": \"all.csv\", \"dev_fraction\": 0.25}");
        assertThat(spec.heldOut()).isEqualTo(new HeldOut(0.25, 1));
        assertThat(TaskFolder.files(spec, folder)).containsOnlyKeys("all.csv");
        TaskData data = TaskData.load(spec, folder);
        ExampleFile measured = data.development().get(0);
        assertThat(measured.examples()).hasSize(5).doesNotContainAnyElementsOf(data.training());
        assertThat(data.training()).hasSize(15);
        int first = measured.indices().get(0);
        assertThat(measured.examples().get(0).first())
                .as("indices are those of the file")
                .isEqualTo("text " + first);
    }

    @Test
    void ofTaggedText() throws IOException {
        Files.writeString(folder.resolve("train.txt"), "cat B\n\ndog B\n\nthe O\n\nand O\n");
        TaggingData data = TaggingData.load(declare("{\"kind\": \"tagging\", \"dev_fraction\": 0.5}"), folder);
        assertThat(data.training().sentences())
                .hasSize(2)
                .doesNotContainAnyElementsOf(data.development().get(0).sentences());
        assertThat(data.labels()).containsExactly("B", "O");
    }

    @Test
    void wrongFractions() throws IOException {
        for (String fraction : List.of("0", "1", "-0.5")) {
            refused(fraction, "\"dev_fraction\": expected a fraction between 0 and 1, found ");
        }
        refused("\"a\"", "\"dev_fraction\": expected a");
        refused(
                "0.5, \"dev\": \"dev.tsv\"",
                "\"dev\": expected no such key beside \"dev_fraction\", found \"dev.tsv\"");
        Files.writeString(folder.resolve("train.tsv"), "a\tb\n");
        TaskSpec spec = declare("{\"text\": 0, \"label\": 1, \"labels\": [\"a\", \"b\"], \"header\": false,"
                + " \"dev_fraction\": 0.5}");
        assertThatThrownBy(() -> TaskData.load(spec, folder))
                .isInstanceOf(IOException.class)
                .hasMessage(folder.resolve("train.tsv")
                        + ": expected at least two examples, to train on and to measure, found 1");
    }

    private void refused(String fraction, String message) {
        assertThatThrownBy(() -> declare("{\"text\": 0, \"label\": 1, \"dev_fraction\": " + fraction + "}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    private TaskSpec declare(String json) throws IOException {
        return TaskFile.read(Files.writeString(folder.resolve("mine.json"), json));
    }
}
