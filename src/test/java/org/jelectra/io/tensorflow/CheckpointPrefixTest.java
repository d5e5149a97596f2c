package org.jelectra.io.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways to name a checkpoint. */
@Tag("every-jdk")
class CheckpointPrefixTest {

    @TempDir
    Path folder;

    @BeforeEach
    void oneCheckpoint() throws IOException {
        Files.createFile(folder.resolve("model.ckpt-20.index"));
    }

    private void state(String text) throws IOException {
        Files.writeString(folder.resolve("checkpoint"), text);
    }

    private void refused(Path source, String message) {
        assertThatThrownBy(() -> CheckpointPrefix.find(source))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .hasMessageMatching("[^\\n]+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "model.ckpt-20", "model.ckpt-20.index", "model.ckpt-20.data-00000-of-00001"})
    void folderPrefixOrFile(String name) throws IOException {
        Path source = folder.resolve(name);
        assertThat(CheckpointPrefix.isAt(source)).isTrue();
        assertThat(CheckpointPrefix.find(source)).isEqualTo(folder.resolve("model.ckpt-20"));
    }

    /** Written elsewhere, with the path that it had there. */
    @ParameterizedTest
    @ValueSource(strings = {"model.ckpt-20", "/home/somebody/models/model.ckpt-20", "gs://bucket/model.ckpt-20"})
    void theLatestOfSeveral(String latest) throws IOException {
        Files.createFile(folder.resolve("model.ckpt-10.index"));
        state("model_checkpoint_path: \"" + latest + "\"\nall_model_checkpoint_paths: \"model.ckpt-10\"\n");
        assertThat(CheckpointPrefix.find(folder)).isEqualTo(folder.resolve("model.ckpt-20"));
        assertThat(CheckpointPrefix.isAt(folder.resolve("checkpoint"))).isTrue();
        assertThat(CheckpointPrefix.find(folder.resolve("checkpoint"))).isEqualTo(folder.resolve("model.ckpt-20"));
        assertThat(CheckpointPrefix.find(folder.resolve("model.ckpt-10"))).isEqualTo(folder.resolve("model.ckpt-10"));
    }

    @Test
    void whatIsNotThere() throws IOException {
        assertThat(CheckpointPrefix.isAt(folder.resolve("model"))).isFalse();
        refused(folder.resolve("model"), "model: expected a checkpoint of TensorFlow, found no model.index");
        state("model_checkpoint_path: \"model.ckpt-30\"\n");
        refused(
                folder,
                folder.resolve("checkpoint")
                        + ": expected the latest checkpoint, model.ckpt-30, in its folder, which has [model.ckpt-20]");
        for (String text :
                new String[] {"", "model_checkpoint_path: \"a\\303\"", "all_model_checkpoint_paths: \"a\""}) {
            state(text);
            refused(folder, "expected a line model_checkpoint_path: \"NAME\" without escapes, found none");
        }
    }

    @Test
    void severalOfWhichNoneIsNamed() throws IOException {
        Files.createFile(folder.resolve("model.ckpt-10.index"));
        refused(
                folder,
                folder + ": expected one checkpoint of TensorFlow, or a file checkpoint that names the latest, found"
                        + " [model.ckpt-10, model.ckpt-20]; name one, as " + folder.resolve("NAME"));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(CheckpointPrefix.isAt(empty)).isFalse();
        refused(empty, "found []");
    }
}
