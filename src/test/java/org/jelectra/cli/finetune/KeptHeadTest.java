package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.cli.CommandRunner;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code finetune --keep-head}: a second training that begins where a first one ended. */
class KeptHeadTest extends TinyFineTuning {

    /** A training whose steps are so small that it measures what it began with. */
    private static final String[] HARDLY = {"--epochs", "0.2", "--batch", "8", "--learning-rate", "1e-9", "--keep-head"
    };

    private Path task(String name, String json) throws IOException {
        return Files.writeString(directory.resolve(name + ".json"), "{" + json.replace('\'', '"') + "}");
    }

    private static JsonObject values(Path output) throws IOException {
        JsonObject values = Json.read(output.resolve("seed-1/result.json")).getAsJsonObject("values");
        values.remove("loss"); // has as many digits as a step can change
        return values;
    }

    private static void refused(CommandRunner.Result result, Path folder, String expected) {
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo("jelectra: " + folder + ": a head is kept where its outputs are the task's: expected "
                        + expected + "\n");
    }

    @Test
    void aSecondTrainingBeginsWhereTheFirstOneEnded() throws IOException {
        Path first = directory.resolve("first");
        assertSuccess(finetune("SST-2", sst(), first, "--epochs", "12", "--batch", "8", "--learning-rate", "5e-3"));
        Path trained = first.resolve("seed-1");
        Path second = directory.resolve("second");
        CommandRunner.Result result = assertSuccess(finetune(trained, "SST-2", sst(), second, HARDLY));
        assertThat(result.out()).contains("new: 0 of the head; left out: none");
        assertThat(values(first).get("accuracy").getAsDouble()).isGreaterThan(0.9);
        assertThat(values(second)).isEqualTo(values(first));

        CommandRunner.Result anew = finetune(
                trained,
                "SST-2",
                sst(),
                second,
                "--resume",
                "--epochs",
                "0.2",
                "--batch",
                "8",
                "--learning-rate",
                "1e-9");
        refused(anew, "keepHead was true, now not given");
        CommandRunner.Result random =
                finetune("SST-2", sst(), directory.resolve("random"), "--keep-head", "--random-weights");
        assertThat(random.code()).isEqualTo(2);
        assertThat(random.err())
                .startsWith("jelectra finetune: --keep-head keeps trained weights, and --random-weights none (");
        assertThat(directory.resolve("random")).doesNotExist();
    }

    @Test
    void whatHasNoSuchHeadIsNamed() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result pretrained = finetune("SST-2", sst(), output, HARDLY);
        assertThat(pretrained.code()).isEqualTo(1);
        assertThat(pretrained.err())
                .isEqualTo("jelectra: " + model.resolve("discriminator")
                        + ": expected a model of the kind ElectraForSequenceClassification, found"
                        + " ElectraForPreTraining\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'kind': 'classification', 'labels': ['1', '2']|'kind': 'classification', 'labels': ['2', '1']"
                        + "|labels, in this order: [2, 1], found [1, 2]; \"labels\" in a task file gives them and their order",
                "'kind': 'classification'|'kind': 'classification', 'labels': ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10',"
                        + " '11']|labels, in this order, from number 3 on: [3, 4, 5, 6, 7, 8, 9, 10, 11], found []; \"labels\" in a task file gives them and their order",
                "'kind': 'classification'|'kind': 'multilabel'|several labels for a text: true, found false",
                "'kind': 'classification'|'kind': 'regression'|number of outputs: 1, found 2",
                "'kind': 'multilabel'|'kind': 'classification'|several labels for a text: false, found true",
                "'kind': 'regression'|'kind': 'regression', 'scale': 5|regression_scale: 5.0, found 1.0",
                "'kind': 'tagging', 'metric': 'accuracy'|'kind': 'tagging', 'metric': 'accuracy', 'labels': ['1', '2', '3']|labels, in this order: [1, 2, 3], found [1, 2]; \"labels\" in a task file gives them and their order",
            })
    void otherOutputsAreRefused(String before, String after, String expected) throws IOException {
        String columns = ", 'text': 0, 'label': 1";
        String header = before.contains("tagging") ? "" : ", 'header': false";
        Path data = Files.createDirectories(directory.resolve("data"));
        String separator = before.contains("tagging") ? " " : "\t";
        String lines = "cat\t1\ndog\t2\n".replace("\t", separator);
        for (String part : new String[] {"train", "dev"}) {
            for (String ending : new String[] {".tsv", ".txt"}) {
                Files.writeString(data.resolve(part + ending), lines.repeat(8));
            }
        }
        Path first = directory.resolve("first");
        String begun = task("before", before + columns + header).toString();
        assertSuccess(finetune(begun, data, first, "--epochs", "1", "--batch", "8"));
        Path trained = first.resolve("seed-1");
        Path same = directory.resolve("same");
        assertSuccess(finetune(trained, begun, data, same, HARDLY));
        assertThat(values(same)).isEqualTo(values(first));
        Path output = directory.resolve("out");
        refused(
                finetune(trained, task("after", after + columns + header).toString(), data, output, HARDLY),
                trained,
                expected);
    }
}
