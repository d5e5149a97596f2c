package org.jelectra.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the cells of labels and texts may look like. */
class ExampleFileTest {

    @TempDir
    private Path folder;

    private TaskSpec declare(String further) throws IOException {
        return TaskFile.read(Files.writeString(
                folder.resolve("mine.json"),
                "{\"text\": \"body\", \"label\": \"topic\", \"train\": \"train.csv\"" + further + "}"));
    }

    private Path rows(String rows) throws IOException {
        return Files.writeString(folder.resolve("train.csv"), "body,topic\n" + rows);
    }

    @Test
    void whiteSpaceAroundALabelIsNoOtherClass() throws IOException {
        Path file = rows("a,negative\nb,negative \nc,\" positive\"\nd,Negative\n");
        List<String> labels = ExampleFile.labels(declare(""), file);
        assertThat(labels).containsExactly("Negative", "negative", "positive");
        assertThat(ExampleFile.labelled(declare(""), labels, file).examples())
                .extracting(Example::label)
                .containsExactly(1f, 1f, 2f, 0f);
        TaskSpec declared = declare(", \"labels\": [\"negative \", \"positive\", \"Negative\"]");
        assertThat(declared.labels()).containsExactly("negative", "positive", "Negative");
        assertThat(ExampleFile.labelled(
                                declared,
                                List.of("negative ", "negative", " positive", "Negative"),
                                rows("b,negative \n"))
                        .examples())
                .as("a model of another program that has both")
                .extracting(Example::label)
                .containsExactly(0f);
        assertThatThrownBy(() -> ExampleFile.labelled(declared, declared.labels(), rows("a, none\n")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(":2: column topic: unknown label \" none\", expected one of [negative, positive")
                .hasMessageEndingWith("]"); // they are declared already
    }

    /** Programs write 1.0 for 1 where a column of numbers has a gap, in one file and not in the next. */
    @Test
    void aWholeNumberIsOneLabel() throws IOException {
        Path file = rows("a,1\nb,0.0\nc,1.0\nd,0\ne,01\nf,1.5\n");
        List<String> labels = ExampleFile.labels(declare(""), file);
        assertThat(labels).as("that which comes first").containsExactly("0.0", "01", "1", "1.5");
        assertThat(ExampleFile.labelled(declare(""), labels, file).examples())
                .extracting(Example::label)
                .containsExactly(2f, 0f, 2f, 0f, 1f, 3f);
        Path objects = Files.writeString(
                folder.resolve("dev.jsonl"), "{\"body\": \"a\", \"topic\": 1.0}\n{\"body\": \"b\", \"topic\": 0}\n");
        assertThat(ExampleFile.labelled(declare(""), labels, objects).examples())
                .extracting(Example::label)
                .containsExactly(2f, 0f);
        assertThat(ExampleFile.labelled(declare(""), List.of("1.0", "1"), rows("a,1\n"))
                        .examples())
                .as("a model that has both")
                .extracting(Example::label)
                .containsExactly(1f);
        assertThatThrownBy(() -> ExampleFile.labelled(declare(""), labels, rows("a,2.0\n")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown label \"2.0\", expected one of [0.0, 01, 1, 1.5]");
    }

    /** Any number of labels in a cell, none among them, in whatever order. */
    @Test
    void cellsOfSeveralLabels() throws IOException {
        TaskSpec spec = declare(", \"kind\": \"multilabel\"");
        Path file = rows("a,y|x\nb,\nc, z || x |\nd,x|x\n");
        List<String> labels = ExampleFile.labels(spec, file);
        assertThat(labels).containsExactly("x", "y", "z");
        assertThat(ExampleFile.labelled(spec, labels, file).examples())
                .extracting(Example::classes)
                .containsExactly(List.of(0, 1), List.of(), List.of(0, 2), List.of(0));
    }

    @Test
    void emptyTextsAreCounted() throws IOException {
        Path file = rows("a,x\n,y\n\" \",x\n");
        ExampleFile examples = ExampleFile.labelled(declare(""), List.of("x", "y"), file);
        assertThat(examples.examples()).hasSize(3);
        assertThat(examples.warnings()).containsExactly(file + ": 2 of 3 rows have an empty text");
        assertThat(ExampleFile.labelled(declare(""), List.of("x", "y"), rows("a,x\n"))
                        .warnings())
                .isEmpty();
    }

    @Test
    void aLabelThatIsDeclaredTwiceIsNamed() {
        assertThatThrownBy(() -> declare(", \"labels\": [\"a\", \"b\", \"a \"]"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("labels")
                .hasMessageContaining("names that differ, none blank")
                .hasMessageNotContaining("\"b\"");
    }

    @Test
    void anotherMetricNamesThoseThatFit() {
        assertThatThrownBy(() -> declare(", \"metric\": \"micro_f1\""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "the metric micro_f1 does not fit a task of kind classification, which has accuracy,"
                                + " matthews, f1, macro_f1");
    }
}
