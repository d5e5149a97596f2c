package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tagged text on the command line: which tags a metric is for, sentences of any length, and what CoNLL-U's files have. */
@Tag("every-jdk")
class TaggingCommandTest extends TinyFineTuning {

    private static final String ACCURACY = "{\"kind\": \"tagging\", \"metric\": \"accuracy\"}";

    private Path data(String train, String dev) throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.writeString(data.resolve("train.txt"), train);
        Files.writeString(data.resolve("dev.txt"), dev);
        return data;
    }

    private String task(String json) throws IOException {
        return Files.writeString(directory.resolve("task.json"), json).toString();
    }

    private static JsonObject values(Path output) throws IOException {
        return Json.read(output.resolve("seed-1/result.json")).getAsJsonObject("values");
    }

    @Test
    void entitiesAreMeasuredOfTheirTagsAlone() throws IOException {
        Path data = data("the DET\ncat NOUN\n\n".repeat(8), "a DET\ndog NOUN\n");
        Path output = directory.resolve("out");
        CommandRunner.Result entities = finetune("tagging", data, output);
        String wayOut =
                ": expected tags of entities for the metric entity_f1 of tagging (O, or B, I, M, E, L, S or U, alone"
                        + " or before -TYPE), found DET and 1 more; accuracy is for any tags: --task FILE.json with"
                        + " \"kind\": \"tagging\", \"metric\": \"accuracy\"\n";
        assertThat(entities.code()).isEqualTo(1);
        assertThat(entities.err()).isEqualTo("jelectra: " + data.resolve("train.txt") + wayOut);
        assertThat(output).doesNotExist();
        String declared = "{\"kind\": \"tagging\", \"labels\": [\"O\", \"B\", \"X-1\", \"B1\"]}";
        CommandRunner.Result labels = finetune(task(declared), data("a O\n", "a B\n"), output);
        assertThat(labels.err())
                .startsWith("jelectra: " + data + ": expected tags of entities for the metric entity_f1 of task (")
                .contains("found X-1 and 1 more;")
                .hasLineCount(1);
        data("the DET\ncat NOUN\n\n".repeat(8), "a DET\ndog NOUN\n");
        CommandRunner.Result result = assertSuccess(finetune(task(ACCURACY), data, output, "--epochs", "1"));
        assertThat(result.out()).contains("task: 8 training sentences, 1 for development\ntags: DET 8, NOUN 8\n");
        assertThat(values(output).keySet()).containsExactly("accuracy");
        String seed = output.resolve("seed-1").toString();
        String dev = data.resolve("dev.txt").toString();
        CommandRunner.Result measured = CommandRunner.run("evaluate", seed, dev, "--task", "tagging");
        assertThat(measured.code()).isEqualTo(1);
        assertThat(measured.err()).isEqualTo("jelectra: " + dev + wayOut);
        Files.writeString(data.resolve("dev.txt"), "a B-DET\n");
        assertThat(assertSuccess(CommandRunner.run("evaluate", seed, dev, "--task", task(ACCURACY)))
                        .out())
                .contains("accuracy")
                .doesNotContain("entity");
    }

    /** Training, {@code evaluate} and {@code predict} read a sentence alike, the words behind the first stretch too. */
    @Test
    void longSentencesAreTaggedInStretches() throws IOException {
        String sentence = "the O\ncat B-CAT\nsees O\na O\ndog B-DOG\n";
        Path data = data((sentence + "\n").repeat(40), sentence.repeat(4) + "\n" + sentence);
        Path output = directory.resolve("out");
        String[] options = {"--epochs", "12", "--batch", "8", "--learning-rate", "5e-3", "--max-length", "12"};
        CommandRunner.Result fitting = assertSuccess(finetune("tagging", data, output, options));
        assertThat(fitting.out()).doesNotContain("do not fit");
        assertThat(values(output).get("accuracy").getAsDouble()).isGreaterThan(0.9);

        Path seed = output.resolve("seed-1");
        Path metrics = directory.resolve("metrics.json");
        Path dev = data.resolve("dev.txt");
        assertSuccess(CommandRunner.run(
                "evaluate", seed.toString(), dev.toString(), "--task", "tagging", "--output", metrics.toString()));
        assertThat(Json.read(metrics).getAsJsonObject("values")).isEqualTo(values(output));
        List<String> predicted = new ArrayList<>();
        JsonObject row = Json.read(seed.resolve("predictions-dev.json"))
                .getAsJsonArray("sentences")
                .get(0)
                .getAsJsonObject();
        row.getAsJsonArray("predictions").forEach(tag -> predicted.add(tag.getAsString()));
        List<String> tagged = new ArrayList<>();
        String text = "the cat sees a dog ".repeat(4);
        for (JsonElement word : Json.parse(
                        assertSuccess(CommandRunner.run("predict", seed.toString(), "--json", "--words", text))
                                .out(),
                        "predict")
                .getAsJsonArray("words")) {
            tagged.add(word.getAsJsonObject().get("tag").getAsString());
        }
        assertThat(tagged).hasSize(20).isEqualTo(predicted);

        Files.writeString(data.resolve("train.txt"), (sentence.repeat(4) + "\n").repeat(3) + sentence);
        CommandRunner.Result cut = assertSuccess(
                finetune("tagging", data, directory.resolve("cut"), "--epochs", "1", "--max-length", "12"));
        assertThat(cut.out())
                .contains(
                        "warning: " + data.resolve("train.txt")
                                + ": 30 words of 3 sentences do not fit into 12 tokens (--max-length) and are not trained on\n");
    }

    @Test
    void conllU() throws IOException {
        String rest = "\t_".repeat(6) + "\n";
        String sentence = "# text = 10 000 dogs\n1-2\tdogs't\t_\t_" + rest + "1\t10 000\t_\tNUM" + rest
                + "2\tdogs\t_\tNOUN" + rest + "2.1\tsee\t_\tVERB" + rest + "\n";
        Path data = data(sentence.repeat(3), sentence);
        Files.move(data.resolve("train.txt"), data.resolve("train.conllu"));
        Path dev = Files.move(data.resolve("dev.txt"), data.resolve("dev.conllu"));
        Path output = directory.resolve("out");
        String declared = "{\"kind\": \"tagging\", \"text\": 1, \"label\": 3, \"metric\": \"accuracy\","
                + " \"train\": \"train.conllu\", \"dev\": \"dev.conllu\"}";
        CommandRunner.Result result = assertSuccess(finetune(task(declared), data, output, "--epochs", "1"));
        String warning = "warning: " + dev + ": left out 2 lines of CoNLL-U that are no words (1-2, 1.1)\n";
        assertThat(result.out())
                .contains(data.resolve("train.conllu") + ": left out 6 lines", warning, "tags: NOUN 3, NUM 3\n");
        Path seed = output.resolve("seed-1");
        assertThat(Files.readAllLines(seed.resolve("predictions-dev.txt")).get(0))
                .startsWith("10 000\tNUM\t");
        assertThat(Files.readAllLines(seed.resolve("predictions-dev.txt")).get(1))
                .startsWith("dogs NOUN ");
        assertThat(assertSuccess(CommandRunner.run(
                                "evaluate", seed.toString(), dev.toString(), "--task", task(declared)))
                        .out())
                .startsWith(warning);
    }

    @Test
    void ofManyTagsTheRarestAreShown() throws IOException {
        StringBuilder sentence = new StringBuilder();
        for (int i = 1; i <= 11; i++) {
            sentence.append(("cat B-" + i + "\n").repeat(i));
        }
        Path data = data(sentence.toString(), "cat B-12\n");
        assertThat(assertSuccess(finetune("tagging", data, directory.resolve("out"), "--epochs", "1"))
                        .out())
                .contains("\ntags: 12; the rarest: B-12 0, B-1 1, B-2 2\n");
    }
}
