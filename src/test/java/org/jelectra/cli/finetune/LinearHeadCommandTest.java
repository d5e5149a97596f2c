package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.cli.CommandRunner;
import org.jelectra.electra.ModelFiles;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Test;

/** {@code --head linear} of tasks over texts: what is trained, written, read again and refused. */
class LinearHeadCommandTest extends TinyFineTuning {

    private static final String ARCHITECTURE = "JelectraForLinearSequenceClassification";

    private static CommandRunner.Result ran(String... arguments) {
        return assertSuccess(CommandRunner.run(arguments));
    }

    @Test
    void learnsIsReadAgainAndTakenUp() throws IOException {
        Path data = sst();
        Path output = directory.resolve("out");
        String[] options = {
            "--head",
            "linear",
            "--epochs",
            "12",
            "--batch",
            "8",
            "--learning-rate",
            "5e-3",
            "--dropout",
            "0.1",
            "--resume"
        };
        CommandRunner.Result result = assertSuccess(finetune("SST-2", data, output, options));
        assertThat(result.out()).contains("SST-2, linear head: 48 training examples");
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("head").getAsString()).isEqualTo("linear");
        JsonObject values =
                results.getAsJsonArray("seeds").get(0).getAsJsonObject().getAsJsonObject("values");
        assertThat(values.get("accuracy").getAsDouble()).isGreaterThan(0.9);
        String seed = output.resolve("seed-1").toString();
        assertThat(ModelFiles.architecture(Path.of(seed))).isEqualTo(ARCHITECTURE);
        assertThat(Json.read(Path.of(seed, "config.json")).get("model_type").getAsString())
                .as("HuggingFace's code must not load the model with a head of its own")
                .isNotEqualTo("electra");

        Path measured = directory.resolve("measured.json");
        String dev = data.resolve("sst/dev.tsv").toString();
        ran("evaluate", seed, dev, "--task", "SST-2", "--output", measured.toString());
        assertThat(Json.read(measured).getAsJsonObject("values").get("accuracy"))
                .isEqualTo(values.get("accuracy"));
        assertThat(ran("predict", seed, "cat sees a house").out()).containsPattern("\\b1\\b");
        ran("encode", seed, "--output", directory.resolve("v.npy").toString(), "the cat");
        CommandRunner.Result exported = CommandRunner.run(
                "export", seed, "--output", directory.resolve("hf").toString());
        assertThat(exported.code()).isEqualTo(1);
        assertThat(exported.err()).contains(ARCHITECTURE).hasLineCount(1);

        assertThat(finetune("SST-2", data, output, options).code()).isZero();
        options[1] = "huggingface";
        refused(finetune("SST-2", data, output, options), "head was linear, now huggingface");
    }

    @Test
    void aTableOfGlueNamesTheHead() throws IOException {
        String glue = "glue --model " + model + " --data " + sst() + " --epochs 0.2 --backend cpu --output ";
        ran((glue + directory.resolve("two")).split(" "));
        ran((glue + directory.resolve("one") + " --head linear").split(" "));
        assertThat(Files.readString(directory.resolve("two/glue.md")))
                .contains(
                        " Head of what was measured here: HuggingFace's two layers; ELECTRA's published results were made"
                                + " with one (--head linear). ");
        Path one = directory.resolve("one");
        assertThat(Files.readString(one.resolve("glue.md")))
                .contains(" Head of what was measured here: linear, as that of ELECTRA's published results. ");
        assertThat(Json.read(one.resolve("glue.json")).get("head").getAsString())
                .isEqualTo("linear");
        assertThat(ModelFiles.architecture(one.resolve("SST-2/seed-1"))).isEqualTo(ARCHITECTURE);
    }

    /** The second begins with the first's encoder: what has another number of outputs stays behind. */
    @Test
    void severalLabelsAndThenNumbers() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.writeString(data.resolve("train.tsv"), "cat\t1\ndog\t2\n".repeat(8));
        Files.writeString(data.resolve("dev.tsv"), "cat\t1\ndog\t2\n".repeat(2));
        Path base = model;
        for (String kind : new String[] {"multilabel", "regression"}) {
            Path task = Files.writeString(
                    directory.resolve(kind + ".json"),
                    "{\"kind\": \"" + kind + "\", \"text\": 0, \"label\": 1, \"header\": false}");
            Path output = directory.resolve(kind);
            assertSuccess(
                    finetune(base, task.toString(), data, output, "--epochs", "1", "--batch", "8", "--head", "linear"));
            String seed = output.resolve("seed-1").toString();
            assertThat(ModelFiles.architecture(Path.of(seed))).isEqualTo(ARCHITECTURE);
            base = Path.of(seed);
            ran("evaluate", seed, data.resolve("dev.tsv").toString(), "--task", task.toString());
            assertThat(ran("predict", seed, "cat").out()).isNotBlank();
        }
    }
}
