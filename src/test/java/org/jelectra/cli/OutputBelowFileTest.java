package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.exchange.Folders;
import org.jelectra.inference.TestModels;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Output that would have to go below a file, or to a link that leads nowhere: one line that names both, and no work before. */
class OutputBelowFileTest {

    @TempDir
    private static Path shared;

    @BeforeAll
    static void write() throws IOException {
        Folders.run(shared.resolve("run"));
        TestModels.classifier(shared.resolve("classifier"), List.of("0", "1"));
        Files.writeString(shared.resolve("run/metrics.jsonl"), "{\"step\": 1, \"generator_loss\": 2}\n");
        Files.writeString(shared.resolve("dev.tsv"), "sentence\tlabel\nt5\t0\nt6\t1\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prepare --output OUT",
                "pretrain --max-steps 1 --output OUT",
                "import run/discriminator --output OUT",
                "export run --output OUT",
                "export run --format onnx --output OUT/a.onnx",
                "finetune --model run --task sst-2 --data . --output OUT",
                "glue --model run --data . --output OUT"
            })
    void namesALinkToNothing(String line) throws IOException {
        Path link = shared.resolve("link");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("missing/folder"));

        CommandRunner.Result result = CommandRunner.run(words(line, "link"));

        assertThat(result.err().lines().filter(text -> !text.contains("computing on")))
                .singleElement()
                .asString()
                .startsWith("jelectra: " + link)
                .contains("expected a directory")
                .contains("found a symbolic link to nothing, missing/folder");
        assertThat(result.out()).isEmpty();
        assertThat(result.code()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vocab --output OUT",
                "prepare --output OUT",
                "pretrain --max-steps 1 --output OUT",
                "import run/discriminator --output OUT",
                "export run --output OUT",
                "export run --format onnx --output OUT.onnx",
                "encode run t5 --output OUT.npy",
                "encode run t5 --output OUT.jsonl",
                "finetune --model run --task sst-2 --data . --output OUT",
                "glue --model run --data . --output OUT",
                "evaluate classifier dev.tsv --task sst-2 --output OUT.json",
                "plot run --output OUT.svg",
                "bench --json OUT.json"
            })
    void namesTheFile(String line) throws IOException {
        Path file = Files.writeString(shared.resolve("file"), "text");
        for (String output : List.of("file/b", "file/b/c")) {
            CommandRunner.Result result = CommandRunner.run(words(line, output));

            assertThat(result.err().lines().filter(text -> !text.contains("computing on")))
                    .singleElement()
                    .asString()
                    .startsWith("jelectra: " + shared.resolve(output))
                    .contains(": cannot be written (" + file + ": expected a directory, found a file)");
            assertThat(result.out()).isEmpty();
            assertThat(result.code()).isEqualTo(1);
        }
    }

    private static String[] words(String line, String output) {
        String[] words = line.split(" ");
        for (int i = 0; i < words.length; i++) {
            boolean isPath = words[i].matches("run.*|classifier|dev.tsv|\\.|OUT.*");
            words[i] = isPath ? shared + "/" + words[i].replace("OUT", output) : words[i];
        }
        return words;
    }
}
