package org.jelectra.cli.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.cli.CommandRunner;
import org.jelectra.electra.ModelFiles;
import org.jelectra.inference.squad.PredictedAnswer;
import org.jelectra.inference.squad.QuestionAnswerer;
import org.jelectra.io.Json;
import org.junit.jupiter.api.Test;

/** {@code jelectra finetune --task squad} from a tiny pre-trained model, on generated questions. */
class SquadCommandTest extends TinyFineTuning {

    private static final String[] OTHERS = {"the", "sees", "a", "and", "walk"};

    /** The answer is the word dog wherever it is; where there is a house instead, there is no answer. */
    private static String document(boolean withImpossible) {
        StringBuilder paragraphs = new StringBuilder();
        for (int i = 0; i < 48; i++) {
            boolean impossible = withImpossible && i % 3 == 0;
            String[] words = new String[6];
            for (int word = 0; word < words.length; word++) {
                words[word] = OTHERS[(i * 7 + word * word + i / 5) % OTHERS.length];
            }
            int place = i % words.length;
            words[place] = impossible ? "house" : "Dog";
            String context = String.join(" ", words);
            paragraphs
                    .append(i == 0 ? "" : ", ")
                    .append("{\"context\": \"" + context + "\", \"qas\": [{\"id\": \"q" + i
                            + "\", \"question\": \"the cat sees a\", \"is_impossible\": " + impossible
                            + ", \"answers\": ["
                            + (impossible
                                    ? ""
                                    : "{\"text\": \"Dog\", \"answer_start\": " + context.indexOf("Dog") + "}")
                            + "]}]}");
        }
        return "{\"version\": \"x\", \"data\": [{\"title\": \"t\", \"paragraphs\": [" + paragraphs + "]}]}";
    }

    private Path data(String version, boolean withImpossible) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("data/squad" + (withImpossible ? "" : "v1")));
        for (String part : List.of("train", "dev")) {
            Files.writeString(folder.resolve(part + "-" + version + ".json"), document(withImpossible));
        }
        return directory.resolve("data");
    }

    @Test
    void learnsToAnswerAndNotTo() throws IOException {
        Path output = directory.resolve("out");
        CommandRunner.Result result = assertSuccess(finetune(
                "squad",
                data("v2.0", true),
                output,
                "--epochs",
                "20",
                "--batch",
                "8",
                "--learning-rate",
                "5e-3",
                "--seeds",
                "2"));
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("task").getAsString()).isEqualTo("SQuAD-2.0");
        assertThat(results.get("metric").getAsString()).isEqualTo("f1");
        assertThat(results.getAsJsonObject("summary").get("mean").getAsDouble())
                .as(result.out())
                .isCloseTo(1, within(0.1));
        JsonObject values =
                results.getAsJsonArray("seeds").get(0).getAsJsonObject().getAsJsonObject("values");
        assertThat(values.keySet())
                .contains(
                        "exact",
                        "f1",
                        "has_ans_exact",
                        "has_ans_f1",
                        "no_ans_exact",
                        "no_ans_f1",
                        "best_exact",
                        "best_exact_threshold",
                        "best_f1",
                        "best_f1_threshold");
        Path seed = output.resolve("seed-1");
        assertThat(ModelFiles.architecture(seed)).isEqualTo("ElectraForQuestionAnswering");
        JsonObject predictions = Json.read(seed.resolve("predictions.json"));
        assertThat(predictions.size()).isEqualTo(48);
        assertThat(predictions.get("q1").getAsString())
                .as("the original's case")
                .isEqualTo("Dog");
        JsonObject odds = Json.read(seed.resolve("null_odds.json"));
        assertThat(odds.get("q0").getAsDouble()).isGreaterThan(odds.get("q1").getAsDouble());

        Path file = directory.resolve("data/squad/dev-v2.0.json");
        Path measured = directory.resolve("measured.json");
        assertSuccess(CommandRunner.run(
                "evaluate", seed.toString(), file.toString(), "--task", "SQuAD-2.0", "--output", measured.toString()));
        assertThat(Json.read(measured).getAsJsonObject("values")).isEqualTo(values);
        answers(seed);
    }

    private static void answers(Path seed) throws IOException {
        try (Backend backend = CpuBackend.create(1)) {
            QuestionAnswerer answerer = QuestionAnswerer.load(backend, seed, 1);
            String context = "the  Dog sees a walk and";
            PredictedAnswer answer = answerer.answer("the cat sees a", context);
            assertThat(answer.text()).isEqualTo("Dog");
            assertThat(context.substring(answer.start(), answer.end())).isEqualTo("Dog");
            assertThat(answer.isNull(0)).isFalse();
            assertThat(answerer.answer("the cat sees a", "the house sees a walk and")
                            .isNull(0))
                    .isTrue();
            String longer = "a walk and the sees ".repeat(12) + "Dog";
            assertThat(answerer.answer("the cat sees a", longer).text()).isNotEmpty();
        }
    }

    @Test
    void questionsThatAllHaveAnAnswer() throws IOException {
        Path output = directory.resolve("out");
        assertSuccess(finetune("SQuAD-1.1", data("v1.1", false), output, "--epochs", "1"));
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("task").getAsString()).isEqualTo("SQuAD-1.1");
        assertThat(results.getAsJsonArray("seeds")
                        .get(0)
                        .getAsJsonObject()
                        .getAsJsonObject("values")
                        .keySet())
                .containsExactlyInAnyOrder("exact", "f1");
        assertThat(output.resolve("seed-1/predictions.json")).isRegularFile();
        assertThat(output.resolve("seed-1/null_odds.json")).doesNotExist();
    }

    @Test
    void learnsWithTheJointHead() throws IOException {
        Path output = directory.resolve("out");
        List<String> training = List.of("--head", "joint", "--epochs", "20", "--batch", "8", "--learning-rate", "5e-3");
        CommandRunner.Result result =
                assertSuccess(finetune("squad", data("v2.0", true), output, training.toArray(String[]::new)));
        assertThat(result.out()).contains("SQuAD-2.0, joint head");
        JsonObject results = Json.read(output.resolve("results.json"));
        assertThat(results.get("head").getAsString()).isEqualTo("joint");
        assertThat(results.getAsJsonObject("summary").get("mean").getAsDouble())
                .as(result.out())
                .isCloseTo(1, within(0.05));
        JsonObject values =
                results.getAsJsonArray("seeds").get(0).getAsJsonObject().getAsJsonObject("values");
        assertThat(values.keySet()).contains("has_ans_f1", "no_ans_f1", "best_f1_threshold");
        Path seed = output.resolve("seed-1");
        JsonObject config = Json.read(seed.resolve("config.json"));
        assertThat(ModelFiles.architecture(seed)).isEqualTo("JelectraForJointQuestionAnswering");
        assertThat(config.get("model_type").getAsString())
                .as("HuggingFace's code must not load the model with a head of its own")
                .isNotEqualTo("electra");
        assertThat(Json.read(seed.resolve("predictions.json")).get("q1").getAsString())
                .isEqualTo("Dog");
        JsonObject odds = Json.read(seed.resolve("null_odds.json"));
        for (int i = 0; i < 48; i++) {
            assertThat(odds.get("q" + i).getAsDouble() > 0).as("q" + i).isEqualTo(i % 3 == 0);
        }
        Path dev = directory.resolve("data/squad/dev-v2.0.json");
        Path measured = directory.resolve("measured.json");
        assertSuccess(CommandRunner.run(
                "evaluate", seed.toString(), dev.toString(), "--task", "squad", "--output", measured.toString()));
        assertThat(Json.read(measured).getAsJsonObject("values")).isEqualTo(values);
        answers(seed);
        String[] question = {"predict", seed.toString(), "--question", "the cat sees a", "--context"};
        assertThat(predict(question, "a walk Dog sees the")).contains("Dog").doesNotContain("no answer");
        assertThat(predict(question, "a walk house sees the")).contains("no answer");
        otherUses(seed, dev);
        // the same command again, with the other head, and as it was
        List<String> again = new ArrayList<>(training);
        again.set(1, "huggingface");
        again.add("--resume");
        assertFailure(
                finetune("squad", directory.resolve("data"), output, again.toArray(String[]::new)),
                1,
                "result.json: written by a run with other settings: head was joint, now huggingface");
        again.set(1, "joint");
        assertThat(finetune("squad", directory.resolve("data"), output, again.toArray(String[]::new))
                        .code())
                .isZero();
    }

    private static String predict(String[] question, String context) {
        List<String> arguments = new ArrayList<>(List.of(question));
        arguments.add(context);
        CommandRunner.Result result = assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        return result.out();
    }

    /** A model with the joint head elsewhere: its encoder serves, and its head where it is to; it is named where it does not. */
    private void otherUses(Path seed, Path dev) throws IOException {
        assertFailure(
                CommandRunner.run("evaluate", seed.toString(), dev.toString(), "--task", "MRPC"),
                1,
                "found JelectraForJointQuestionAnswering");
        assertSuccess(CommandRunner.run(
                "encode",
                seed.toString(),
                "--output",
                directory.resolve("v.npy").toString(),
                "the cat"));
        CommandRunner.Result built =
                assertSuccess(CommandRunner.run(("finetune --model " + seed + " --task squad --data "
                                + directory.resolve("data") + " --output " + directory.resolve("built")
                                + " --backend cpu --epochs 0.2")
                        .split(" ")));
        assertThat(ModelFiles.architecture(directory.resolve("built/seed-1"))).isEqualTo("ElectraForQuestionAnswering");
        String[] kept = "--head joint --keep-head --epochs 0.2 --batch 8 --learning-rate 1e-9".split(" ");
        assertSuccess(finetune(seed, "squad", directory.resolve("data"), directory.resolve("kept"), kept));
        assertThat(Json.read(directory.resolve("kept/seed-1/predictions.json")))
                .isEqualTo(Json.read(seed.resolve("predictions.json")));
    }

    @Test
    void theJointHeadWhereAllHaveAnAnswer() throws IOException {
        Path output = directory.resolve("out");
        assertSuccess(finetune(
                "squadv1", data("v1.1", false), output, "--head", "JOINT", "--epochs", "0.2", "--loss", "mean"));
        assertThat(Json.read(output.resolve("seed-1/predictions.json")).size()).isEqualTo(48);
        assertThat(output.resolve("seed-1/null_odds.json")).doesNotExist();
    }

    @Test
    void unknownHeadsAndTasksWithoutOne() throws IOException {
        Path data = data("v2.0", true);
        Path output = directory.resolve("out");
        CommandRunner.Result unknown = finetune("squad", data, output, "--head", "both");
        assertFailure(unknown, 2, "'--head'");
        assertThat(unknown.err()).contains("both").containsIgnoringCase("joint").containsIgnoringCase("huggingface");
        assertFailure(
                finetune("MRPC", data, output, "--head", "joint"),
                2,
                "--head: expected huggingface or linear for MRPC, got joint");
        assertFailure(
                finetune("squad", data, output, "--head", "linear"),
                2,
                "--head: expected huggingface or joint for squad, got linear");
        assertFailure(
                finetune("tagging", data, output, "--head", "linear"), 2, "--head: tagging has no choice of heads");
        assertThat(output).doesNotExist();
    }

    @Test
    void theSameSeedGivesTheSameModelForAnyThreads() throws IOException {
        Path data = data("v2.0", true);
        assertThat(finetune("squad", data, directory.resolve("one"), "--epochs", "1", "--threads", "1")
                        .code())
                .isZero();
        assertThat(finetune("squad", data, directory.resolve("two"), "--epochs", "1", "--threads", "2")
                        .code())
                .isZero();
        assertThat(directory.resolve("two/seed-1/model.safetensors"))
                .hasSameBinaryContentAs(directory.resolve("one/seed-1/model.safetensors"));
    }

    @Test
    void misplacedAnswersAreReported() throws IOException {
        Path data = data("v2.0", true);
        Path train = data.resolve("squad/train-v2.0.json");
        Files.writeString(train, Files.readString(train).replaceFirst("\"text\": \"Dog\"", "\"text\": \"bird\""));
        CommandRunner.Result result = assertSuccess(finetune("squad", data, directory.resolve("out"), "--epochs", "1"));
        assertThat(result.out())
                .contains("train-v2.0.json: 1 answers are not in their contexts")
                .contains("left out 1 questions");
    }

    /** Windows have three pieces of context, and one of the answers is a whole context of six. */
    @Test
    void answersThatNoWindowHoldsAreCounted() throws IOException {
        Path data = data("v2.0", true);
        Path train = data.resolve("squad/train-v2.0.json");
        String longer = Files.readString(train)
                .replaceFirst(
                        "\"context\": \"([^\"]*Dog[^\"]*)\"(.*?)\"text\": \"Dog\", \"answer_start\": \\d+",
                        "\"context\": \"$1\"$2\"text\": \"$1\", \"answer_start\": 0");
        Files.writeString(train, longer);
        String[] options = {"--epochs", "0.1", "--max-length", "8"};
        CommandRunner.Result result = assertSuccess(finetune("squad", data, directory.resolve("out"), options));
        assertThat(result.out())
                .containsOnlyOnce(
                        train
                                + ": 1 of 32 answers are whole in no window of 8 tokens (--max-length) and are trained on as none");
    }

    @Test
    void badInputIsOneLine() throws IOException {
        Path data = data("v2.0", true);
        Path dev = data.resolve("squad/dev-v2.0.json");
        Path output = directory.resolve("out");
        Files.writeString(dev, "{\"data\": [{\"paragraphs\": [{\"context\": \"x\"}]}]}");
        assertFailure(
                finetune("squad", data, output),
                1,
                "dev-v2.0.json: $.data[0].paragraphs[0]: expected a member \"qas\"");
        Files.writeString(dev, "");
        assertFailure(finetune("squad", data, output), 1, "dev-v2.0.json: the JSON ends too early");
        Files.delete(dev);
        assertFailure(finetune("squad", data, output), 1, "expected the file dev-v2.0.json");
        assertFailure(finetune("squadv1", data, output), 1, "expected the file train-v1.1.json");
        Path train = data.resolve("squad/train-v2.0.json");
        Files.copy(train, data.resolve("squad/train.json"));
        assertFailure(finetune("squad", data, output), 1, "expected one file train-v2.0.json");
        assertFailure(finetune("squad", train, output), 1, "expected a directory");
        assertFailure(finetune("squat", data, output), 2, "unknown task squat");
        assertThat(output).doesNotExist();
    }

    @Test
    void noAnswerInItsContextTeachesNothing() throws IOException {
        Path data = data("v1.1", false);
        Path train = data.resolve("squadv1/train-v1.1.json");
        Files.writeString(train, Files.readString(train).replace("\"text\": \"Dog\"", "\"text\": \"bird\""));
        assertFailure(finetune("squadv1", data, directory.resolve("out")), 1, "no question can be learnt from");
    }

    @Test
    void aModelOfAnotherKind() throws IOException {
        try (Backend backend = CpuBackend.create(1)) {
            assertThatThrownBy(() -> QuestionAnswerer.load(backend, model.resolve("discriminator")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected a model of the kind ElectraForQuestionAnswering")
                    .hasMessageContaining("found ElectraForPreTraining");
        }
        Path dev = data("v2.0", true).resolve("squad/dev-v2.0.json");
        assertFailure(
                CommandRunner.run(
                        "evaluate", model.resolve("discriminator").toString(), dev.toString(), "--task", "squad"),
                1,
                "found a pre-trained discriminator (ElectraForPreTraining); fine-tune it first");
    }
}
