package org.jelectra.finetune.data;

import java.util.List;
import java.util.Locale;
import org.jelectra.finetune.data.TaskSpec.Header;
import org.jelectra.finetune.data.TaskSpec.Kind;
import org.jelectra.finetune.data.TaskSpec.TestFile;
import org.jelectra.finetune.metrics.Metric;

/**
 * The tasks of GLUE (Wang et al. 2019) in their official files. Columns are found by the official names; CoLA's labelled files
 * have none. Classes are numbered as HuggingFace's and the official code's do; the metrics are those that the ELECTRA paper
 * reports for the development sets.
 */
public final class GlueTasks {

    private static final List<String> BINARY = List.of("0", "1");
    private static final List<String> ENTAILMENT = List.of("entailment", "not_entailment");
    private static final Column INDEX = Column.named("index");
    private static final List<String> DEV = List.of("dev.tsv");

    private static final List<TaskSpec> ALL = List.of(
            task(
                    "CoLA",
                    List.of("CoLA"),
                    List.of(new Column("sentence", 3)),
                    Column.at(1),
                    BINARY,
                    Metric.MATTHEWS,
                    3,
                    false,
                    Header.TESTS_ONLY),
            task("SST-2", List.of("SST-2", "SST", "SST2"), texts("sentence"), "label", BINARY, 3, false),
            task("MRPC", List.of("MRPC"), texts("#1 String", "#2 String"), "Quality", BINARY, 3, true),
            new TaskSpec(
                    "STS-B",
                    Kind.REGRESSION,
                    List.of("STS-B", "STS", "STSB"),
                    texts("sentence1", "sentence2"),
                    Column.named("score"),
                    List.of(),
                    null,
                    5,
                    Metric.SPEARMAN,
                    10,
                    true,
                    false,
                    Header.YES,
                    "train.tsv",
                    DEV,
                    null,
                    tests("STS-B", INDEX)),
            new TaskSpec(
                    "QQP",
                    Kind.CLASSIFICATION,
                    List.of("QQP"),
                    texts("question1", "question2"),
                    Column.named("is_duplicate"),
                    BINARY,
                    null,
                    1,
                    Metric.ACCURACY,
                    3,
                    false,
                    true,
                    Header.YES,
                    "train.tsv",
                    DEV,
                    null,
                    tests("QQP", Column.named("id"))),
            new TaskSpec(
                    "MNLI",
                    Kind.CLASSIFICATION,
                    List.of("MNLI", "MultiNLI"),
                    texts("sentence1", "sentence2"),
                    Column.named("gold_label"),
                    List.of("contradiction", "entailment", "neutral"),
                    null,
                    1,
                    Metric.ACCURACY,
                    3,
                    false,
                    false,
                    Header.YES,
                    "train.tsv",
                    List.of("dev_matched.tsv", "dev_mismatched.tsv"),
                    null,
                    List.of(
                            new TestFile("test_matched.tsv", "MNLI-m.tsv", INDEX),
                            new TestFile("test_mismatched.tsv", "MNLI-mm.tsv", INDEX),
                            new TestFile("diagnostic.tsv", "AX.tsv", INDEX))),
            task("QNLI", List.of("QNLI"), texts("question", "sentence"), "label", ENTAILMENT, 3, false),
            task("RTE", List.of("RTE"), texts("sentence1", "sentence2"), "label", ENTAILMENT, 10, false),
            task("WNLI", List.of("WNLI"), texts("sentence1", "sentence2"), "label", BINARY, 3, false));

    private GlueTasks() {}

    /** All tasks in GLUE's order. */
    public static List<TaskSpec> all() {
        return ALL;
    }

    /** The task of that name, or of one of its folders' names, in any case; null for another name. */
    public static TaskSpec find(String name) {
        for (TaskSpec spec : ALL) {
            for (String folder : spec.folders()) {
                if (folder.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                    return spec;
                }
            }
        }
        return null;
    }

    private static List<Column> texts(String... names) {
        return List.of(names).stream().map(Column::named).toList();
    }

    private static List<TestFile> tests(String name, Column index) {
        return List.of(new TestFile("test.tsv", name + ".tsv", index));
    }

    private static TaskSpec task(
            String name,
            List<String> folders,
            List<Column> text,
            String label,
            List<String> labels,
            double epochs,
            boolean symmetric) {
        return task(name, folders, text, Column.named(label), labels, Metric.ACCURACY, epochs, symmetric, Header.YES);
    }

    private static TaskSpec task(
            String name,
            List<String> folders,
            List<Column> text,
            Column label,
            List<String> labels,
            Metric metric,
            double epochs,
            boolean symmetric,
            Header header) {
        return new TaskSpec(
                name,
                Kind.CLASSIFICATION,
                folders,
                text,
                label,
                labels,
                null,
                1,
                metric,
                epochs,
                symmetric,
                false,
                header,
                "train.tsv",
                DEV,
                null,
                tests(name, INDEX));
    }
}
