package org.jelectra.finetune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonPrimitive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jelectra.finetune.tasks.TaskData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official layouts of GLUE's files. */
class GlueTasksTest {

    @TempDir
    private Path folder;

    private TaskData load(String task, String... files) throws IOException {
        for (int i = 0; i < files.length; i += 2) {
            Files.writeString(folder.resolve(files[i]), files[i + 1]);
        }
        return TaskData.load(GlueTasks.find(task), folder);
    }

    @Test
    void colaHasNoNamesOfColumnsButInItsTest() throws IOException {
        TaskData data = load(
                "cola",
                "train.tsv",
                "gj04\t1\t\tOur friends won't buy this.\ngj04\t0\t*\tThey \"drank.\n",
                "dev.tsv",
                "gj04\t0\t*\tThe cat.\n",
                "test.tsv",
                "index\tsentence\n0\tBill whistled.\n");
        assertThat(data.training())
                .containsExactly(
                        new Example("Our friends won't buy this.", null, 1), new Example("They \"drank.", null, 0));
        assertThat(data.tests().get(0).examples().examples().get(0).first()).isEqualTo("Bill whistled.");
        assertThat(data.tests().get(0).name().submission()).isEqualTo("CoLA.tsv");
    }

    @Test
    void mrpcBothWaysRoundAfterAByteOrderMark() throws IOException {
        String rows = "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tone\ttwo\r\n";
        TaskData data = load("MRPC", "train.tsv", rows, "dev.tsv", rows);
        assertThat(data.training()).containsExactly(new Example("one", "two", 1), new Example("two", "one", 1));
        assertThat(data.development().get(0).examples()).containsExactly(new Example("one", "two", 1));
    }

    @Test
    void mnliMatchedAndMismatched() throws IOException {
        String head = "index\tpromptID\tpairID\tgenre\ts1_binary\ts2_binary\ts1_parse\ts2_parse\tsentence1\tsentence2";
        String row = "\n0\t1\t2\tfiction\t(\t(\t(\t(\tpremise\thypothesis";
        String train = head + "\tlabel1\tgold_label" + row + "\tneutral\tneutral\n";
        String dev = head + "\tlabel1\tlabel2\tgold_label" + row + "\tneutral\tneutral\tcontradiction\n";
        TaskData data = load(
                "mnli",
                "train.tsv",
                train,
                "dev_matched.tsv",
                dev,
                "dev_mismatched.tsv",
                dev,
                "test_matched.tsv",
                head + row + "\n",
                "test_mismatched.tsv",
                head + row + "\n");
        assertThat(data.labels()).containsExactly("contradiction", "entailment", "neutral");
        assertThat(data.training()).containsExactly(new Example("premise", "hypothesis", 2));
        assertThat(data.development()).hasSize(2);
        assertThat(data.development().get(1).examples()).containsExactly(new Example("premise", "hypothesis", 0));
        assertThat(data.tests())
                .extracting(test -> test.name().submission())
                .containsExactly("MNLI-m.tsv", "MNLI-mm.tsv");
    }

    @Test
    void stsTargetsAreScaled() throws IOException {
        String head = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n";
        String row = "0\tg\tf\t2012\t1\tnone\tnone\ta plane\tan air plane\t";
        TaskData data = load("STS-B", "train.tsv", head + row + "4.500\n", "dev.tsv", head + row + "5\n");
        assertThat(data.training().get(0).label()).isEqualTo(0.9f);
        assertThat(data.training()).hasSize(2);
        assertThatThrownBy(() -> load("STS-B", "dev.tsv", head + row + "NaN\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("dev.tsv:2: column score: expected a finite number (of float32), got \"NaN\"");
    }

    @Test
    void qqpLosesItsBrokenRows() throws IOException {
        String head = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
        TaskData data = load(
                "QQP",
                "train.tsv",
                head + "1\t2\t3\twhy\thow\t1\n4\t5\t6\tbroken\n7\t8\n",
                "dev.tsv",
                head + "1\t2\t3\twhy\thow\t0\n");
        assertThat(data.training()).containsExactly(new Example("why", "how", 1));
        assertThat(data.warnings()).hasSize(1).first().asString().contains("left out 2 rows");
    }

    @Test
    void testsKeepTheIndicesOfTheirRows() throws IOException {
        String head = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
        String labelled = head + "8\tbroken\n1\t2\t3\twhy\thow\t1\n";
        String rows = "id\tquestion1\tquestion2\n7\ta\tb\n3\tc\td\n";
        TaskData data = load("QQP", "train.tsv", labelled, "dev.tsv", labelled, "test.tsv", rows);
        assertThat(data.tests().get(0).examples().indices()).containsExactly(7, 3);
        assertThat(data.development().get(0).indices()).containsExactly(1);
        assertFails(rows + "9\tbroken\n", "test.tsv:4: column question2 is missing: the row has 2 columns");
        assertFails(rows + "x\te\tf\n", "test.tsv:4: column id: expected a whole number, got \"x\"");
        assertFails("question1\tquestion2\na\tb\n", "test.tsv:1: expected columns named id, found ");
    }

    private void assertFails(String tests, String message) {
        assertThatThrownBy(() -> load("QQP", "test.tsv", tests))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    @Test
    void packedFilesAndFoldersInAnyCase() throws IOException {
        Path rte = Files.createDirectories(folder.resolve("rte"));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(rte.resolve("train.tsv.gz"), packed.toByteArray());
        Files.write(rte.resolve("dev.tsv.gz"), packed.toByteArray());
        TaskSpec spec = GlueTasks.find("RTE");
        assertThat(TaskFolder.find(spec, folder)).isEqualTo(rte);
        assertThat(TaskFolder.find(spec, rte)).isEqualTo(rte);
        Path other = Files.createDirectories(folder.resolve("MNLI"));
        Files.write(other.resolve("train.tsv.gz"), packed.toByteArray());
        Files.createDirectories(folder.resolve("QNLI"));
        assertThat(TaskFolder.find(spec, folder))
                .as("beside those of other tasks")
                .isEqualTo(rte);
        assertThat(TaskFolder.find(GlueTasks.find("QNLI"), folder))
                .as("without a training file")
                .isNull();
        Files.writeString(rte.resolve("test.tsv"), "index\tsentence1\tsentence2\n0\ta\tb\n");
        assertThat(TaskFolder.files(spec, rte)).containsOnlyKeys("train.tsv", "dev.tsv", "test.tsv");
        assertThat(TaskData.load(spec, rte).training()).containsExactly(new Example("a", "b", 0));
        Files.write(rte.resolve("dev.tsv.gz"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> TaskData.load(spec, rte))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("dev.tsv.gz: not readable as gzip");
    }

    @Test
    void declaredTasksAreChecked() throws IOException {
        Path file = folder.resolve("mine.json");
        Files.writeString(
                file, "{\"text\": [0, \"b\"], \"label\": \"y\", \"labels\": [\"n\", \"p\"], \"metric\": \"f1\"}");
        TaskSpec spec = TaskFile.read(file);
        assertThat(spec.name()).isEqualTo("mine");
        assertThat(spec.text()).containsExactly(Column.at(0), Column.named("b"));
        assertThat(spec.labels()).containsExactly("n", "p");
        assertMessage(file, "{\"text\": 0}", "mine.json: \"label\" is missing");
        assertMessage(file, "{\"text\": 0, \"label\": 1, \"lables\": []}", "unknown key \"lables\"");
        assertMessage(file, "{\"text\": 0, \"label\": 1, \"metric\": \"bleu\"}", "expected a metric (accuracy, ");
        assertMessage(file, "{\"text\": 0, \"label\": 1, \"metric\": \"pearson\"}", "does not fit");
        assertMessage(file, "{\"text\": [], \"label\": 1}", "one text column or two");
        assertMessage(file, "{\"text\": 0, \"label\": {}}", "names or indices");
        assertMessage(
                file, "{\"text\": 0, \"label\": 1, \"scale\": 0}", "\"scale\": expected a positive number, found 0.0");
        assertMessage(file, "{", "not valid JSON");
        for (String key : List.of("name", "kind", "metric", "header", "epochs", "train", "dev", "test", "scale")) {
            for (String value : List.of("[]", "{\"a\": 1}", "[[1, 2]]")) {
                assertMessage(
                        file,
                        "{\"text\": 0, \"label\": 1, \"" + key + "\": " + value + "}",
                        "mine.json: \"" + key + "\": expected ");
            }
        }
        assertMessage(
                file, "{\"text\": 0, \"label\": 1, \"header\": \"yes\"}", "\"header\": expected true or false, found");
        assertMessage(file, "{\"text\": 0, \"label\": 1, \"labels\": 3}", "\"labels\": expected an array, found 3");
        assertMessage(
                file,
                "{\"text\": 0, \"label\": 1, \"labels\": [[]]}",
                "\"labels\": expected an array of names, found []");
        assertMessage(
                file, "{\"text\": 0.5, \"label\": 1}", "\"text\": expected names or indices of columns, found 0.5");
        assertMessage(
                file, "{\"text\": 0, \"label\": true}", "\"label\": expected names or indices of columns, found true");
    }

    @Test
    void aSeparatorIsForSeveralLabels() throws IOException {
        Path file = folder.resolve("mine.json");
        Files.writeString(file, "{\"kind\": \"multilabel\", \"text\": 0, \"label\": 1}");
        assertThat(TaskFile.read(file).separator()).isEqualTo("|");
        assertMessage(
                file,
                "{\"text\": 0, \"label\": 1, \"separator\": \";\"}",
                "\"separator\": expected no such key in a task of kind classification, found \";\"");
        assertMessage(
                file,
                "{\"kind\": \"multilabel\", \"text\": 0, \"label\": 1, \"separator\": \" \"}",
                "a separator of labels is for tasks of kind MULTILABEL, and not blank; got   for MULTILABEL");
        assertMessage(
                file,
                "{\"kind\": \"multilabel\", \"text\": 0, \"label\": 1, \"metric\": \"accuracy\"}",
                "the metric accuracy does not fit a task of kind multilabel, which has micro_f1, macro_f1");
    }

    @Test
    void oneEndingForAllFilesOfATask() throws IOException {
        Path file = folder.resolve("mine.json");
        Files.writeString(file, "{\"text\": \"a\", \"label\": \"b\", \"train\": \"all.csv\"}");
        TaskSpec spec = TaskFile.read(file);
        assertThat(spec.development()).containsExactly("dev.csv");
        assertThat(spec.tests()).extracting(TaskSpec.TestFile::file).containsExactly("test.csv");
        Files.writeString(file, "{\"text\": \"a\", \"label\": \"b\", \"train\": \"all.ndjson\"}");
        assertThat(TaskFile.read(file).development()).containsExactly("dev.ndjson");
        assertThat(TaskFolder.baseName(Path.of("all.ndjson.gz"))).isEqualTo("all");
        assertMessage(
                file,
                "{\"text\": \"a\", \"label\": \"b\", \"train\": \"all.jsonl\", \"header\": true}",
                "\"header\": expected no such key where all.jsonl has JSON objects, found true");
    }

    /** A key that would do nothing is refused, and a file that nothing is made of is no part of the run. */
    @Test
    void taggedFilesHaveNoHeaderAndNoTest() throws IOException {
        Path file = Files.writeString(folder.resolve("mine.json"), "{\"kind\": \"tagging\"}");
        TaskSpec spec = TaskFile.read(file);
        assertThat(spec.header()).isEqualTo(TaskSpec.Header.NO);
        for (String name : List.of("train.txt", "dev.txt", "test.txt")) {
            Files.writeString(folder.resolve(name), "word tag\n");
        }
        assertThat(TaskFolder.files(spec, folder)).containsOnlyKeys("train.txt", "dev.txt");
        for (String entry : List.of("\"header\": true", "\"test\": \"eval.txt\"")) {
            assertMessage(
                    file,
                    "{\"kind\": \"tagging\", " + entry + "}",
                    "mine.json: "
                            + entry.replace("\": ", "\": expected no such key in a task of kind tagging, found "));
        }
    }

    @Test
    void f1IsOfTwoClasses() throws IOException {
        Path file = Files.writeString(
                folder.resolve("mine.json"), "{\"text\": 0, \"label\": 1, \"header\": false, \"metric\": \"f1\"}");
        TaskSpec spec = TaskFile.read(file);
        String rows = "one\ta\ntwo\tb\n";
        Files.writeString(folder.resolve("train.tsv"), rows);
        Files.writeString(folder.resolve("dev.tsv"), rows);
        assertThat(TaskData.load(spec, folder).labels()).containsExactly("a", "b");
        Files.writeString(folder.resolve("train.tsv"), rows + "three\tc\n");
        assertThatThrownBy(() -> TaskData.load(spec, folder))
                .isInstanceOf(IOException.class)
                .hasMessage(folder.resolve("train.tsv")
                        + ": expected two labels for the metric f1 of mine, found [a, b, c]");
    }

    /** Predictions are cells of TSV, which quotes nothing. */
    @Test
    void aLabelIsACell() throws IOException {
        Path file = folder.resolve("mine.json");
        assertMessage(
                file,
                "{\"text\": 0, \"label\": 1, \"labels\": [\"a\", \"b\\tc\"]}",
                "\"labels\": expected names without tabs and line breaks, found \"b\\tc\"");
        for (String kind : List.of("classification", "multilabel")) {
            Files.writeString(
                    file,
                    "{\"kind\": \"" + kind + "\", \"text\": \"text\", \"label\": \"label\", \"train\": \"train.csv\"}");
            TaskSpec spec = TaskFile.read(file);
            Path train = folder.resolve("train.csv");
            for (String broken : List.of("b\tc", "b\nc", "b\rc")) {
                Files.writeString(train, "text,label\none,a\ntwo,\"" + broken + "\"\n");
                assertThatThrownBy(() -> TaskLabels.of(spec, train))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith(
                                train + ":3: column label: expected a label without tabs and line breaks,")
                        .hasMessageEndingWith("; got " + new JsonPrimitive(broken));
            }
        }
    }

    private static void assertMessage(Path file, String json, String message) throws IOException {
        Files.writeString(file, json);
        assertThatThrownBy(() -> TaskFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
