package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.ChildProcess;
import org.jelectra.cli.CommandRunner;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Test;

/** {@code jelectra finetune --resume}: with what it goes on, and with what not. */
class FineTuneResumeTest extends TinyFineTuning {

    @Test
    void aRunIsNotOverwrittenButTakenUp() throws IOException {
        Path output = directory.resolve("out");
        String[] settings = {"--epochs", "1", "--batch", "16"};
        assertThat(finetune("sst", sst(), output, settings).code()).isZero();
        byte[] weights = Files.readAllBytes(output.resolve("seed-1/model.safetensors"));
        CommandRunner.Result again = finetune("sst", sst(), output, settings);
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("holds a run already").hasLineCount(1);
        assertThat(again.out()).isEmpty();
        CommandRunner.Result more = assertSuccess(
                finetune("sst", sst(), output, "--epochs", "1", "--batch", "16", "--resume", "--seeds", "2"));
        assertThat(Files.readAllBytes(output.resolve("seed-1/model.safetensors")))
                .isEqualTo(weights);
        assertThat(output.resolve("seed-2/model.safetensors")).isRegularFile();
        assertThat(more.out()).doesNotContain("warning: ");

        Path result = output.resolve("seed-1/result.json");
        JsonObject json = Json.read(result);
        json.addProperty("backend", "cuda");
        json.remove("kernels");
        Json.write(result, json);
        CommandRunner.Result mixed =
                finetune("sst", sst(), output, "--epochs", "1", "--batch", "16", "--resume", "--seeds", "2");
        assertThat(mixed.out())
                .containsOnlyOnce("warning: the seeds before were computed by backend cuda in float32, seed 2 by cpu in"
                        + " float32 (")
                .contains("): results.json has both\n");

        byte[] results = Files.readAllBytes(output.resolve("results.json"));
        CommandRunner.Result fewer = finetune("sst", sst(), output, "--epochs", "1", "--batch", "16", "--resume");
        CommandRunner.Result later =
                finetune("sst", sst(), output, "--epochs", "1", "--batch", "16", "--resume", "--seed", "2");
        String lost =
                " has a result that results.json would lose; expected --seed and --seeds that include it, got seeds ";
        assertThat(fewer.err()).isEqualTo("jelectra: " + output + ": seed 2" + lost + "1 to 1\n");
        assertThat(later.err()).isEqualTo("jelectra: " + output + ": seed 1" + lost + "2 to 2\n");
        assertThat(List.of(fewer.code(), later.code())).containsOnly(1);
        assertThat(output.resolve("results.json")).hasBinaryContent(results);
    }

    @Test
    void whereTheDiskIsFullTheWayOnIsSaid() throws IOException, InterruptedException {
        Path output = directory.resolve("run");
        List<String> command = new ArrayList<>(List.of("finetune", "--model", model.toString(), "--task", "sst"));
        command.addAll(List.of("--data", sst().toString(), "--output", output.toString(), "--epochs", "0.1"));
        command.addAll(List.of("--backend", "cpu", "--threads", "1"));
        // no file larger than 51 kB: neither curves nor model find room
        ChildProcess.Result full = ChildProcess.run(directory, "ulimit -f 100;", command);
        assertThat(full.code()).isEqualTo(1);
        Path seed = output.resolve("seed-1");
        assertThat(full.err().lines())
                .endsWith(
                        "jelectra: curves.png not drawn: " + seed.resolve("curves.png") + ": File too large",
                        "jelectra: " + seed.resolve("model.safetensors")
                                + ": File too large; make room, and go on with the same command and --resume");
        command.add("--resume");
        assertSuccess(CommandRunner.run(command.toArray(String[]::new)));
        assertThat(output.resolve("seed-1/model.safetensors")).isRegularFile();
    }

    @Test
    void goesOnWithTheSameModelAndDataOnly() throws IOException {
        Path output = directory.resolve("out");
        String[] settings = {"--epochs", "1", "--batch", "16", "--resume"};
        assertThat(finetune("sst", sst(), output, settings).code()).isZero();
        // elsewhere, but the same
        Path moved = Files.createDirectories(directory.resolve("moved"));
        for (String name : List.of("config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json")) {
            Files.copy(model.resolve("discriminator").resolve(name), moved.resolve(name));
        }
        Files.move(directory.resolve("glue"), directory.resolve("data"));
        Path data = directory.resolve("data");
        assertSuccess(finetune(moved, "sst", data, output, settings));

        Path train = data.resolve("sst/train.tsv");
        String text = Files.readString(train);
        Files.writeString(train, text.replace("dog", "cat"));
        refused(finetune("sst", data, output, settings), "SHA-256 of train.tsv was ");
        Files.writeString(train, text);
        Path weights = moved.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        refused(finetune(moved, "sst", data, output, settings), "SHA-256 of model.safetensors was ");
        Path vocabulary = moved.resolve("vocab.txt");
        Files.writeString(vocabulary, Files.readString(vocabulary).replace("cat", "cats"));
        refused(finetune(moved, "sst", data, output, settings), "SHA-256 of vocab.txt was ");
    }

    @Test
    void anEditedDeclarationIsThatOfAnotherTask() throws IOException {
        Path data = sst().resolve("sst");
        Path task = directory.resolve("animals.json");
        String declaration =
                "{\"kind\": \"multilabel\", \"text\": \"sentence\", \"label\": \"label\", \"separator\": \"%s\"}";
        Files.writeString(task, declaration.formatted(";"));
        Path output = directory.resolve("out");
        String[] settings = {"--epochs", "0.1", "--resume"};
        assertThat(finetune(task.toString(), data, output, settings).code()).isZero();
        assertThat(finetune(task.toString(), data, output, settings).code()).isZero();
        Files.writeString(task, declaration.formatted("/"));
        refused(finetune(task.toString(), data, output, settings), "SHA-256 of animals.json was ");
    }
}
