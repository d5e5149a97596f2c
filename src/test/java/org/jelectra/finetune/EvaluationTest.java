package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jelectra.finetune.data.TaskFolder;
import org.junit.jupiter.api.Test;

class EvaluationTest {

    @Test
    void ofSeveralFilesTheFirstDecides() {
        List<Evaluation> measured = List.of(
                new Evaluation("accuracy", Map.of("accuracy", 0.5, "loss", 1.0), true),
                new Evaluation("accuracy", Map.of("accuracy", 0.75, "loss", 2.0), false));
        List<Path> files = List.of(Path.of("a/dev_matched.tsv"), Path.of("a/dev_mismatched.tsv.xz"));
        Evaluation evaluation = Evaluation.of(files, measured::get);
        assertThat(evaluation.value()).isEqualTo(0.5);
        assertThat(evaluation.degenerate()).isTrue();
        assertThat(evaluation.values())
                .containsOnly(
                        Map.entry("accuracy", 0.5),
                        Map.entry("loss", 1.0),
                        Map.entry("accuracy_mismatched", 0.75),
                        Map.entry("loss_mismatched", 2.0));
    }

    @Test
    void namesOfFilesAreWithoutTheirEndings() {
        assertThat(List.of("dev.tsv", "dev.txt.gz", "a/dev.conll", "dev.xz", "dev"))
                .allSatisfy(
                        file -> assertThat(TaskFolder.baseName(Path.of(file))).isEqualTo("dev"));
        assertThat(TaskFolder.baseName(Path.of("my.dev.2.tsv"))).isEqualTo("my.dev.2");
    }
}
