package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;
import static org.jelectra.cli.CommandRunner.failure;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.io.Json;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New runs with the options of another one ({@code --like}). */
class LikeRunTest {

    private static final String MODEL = "discriminator/model.safetensors";

    @TempDir
    Path folder;

    private Path first;
    private Path second;

    @BeforeEach
    void train() throws IOException {
        first = folder.resolve("first");
        second = folder.resolve("second");
        List<String> arguments =
                new ArrayList<>(TinyRun.arguments(TinyRun.writeText(folder), TinyRun.writeVocabulary(folder), first));
        arguments.addAll(List.of(
                "--dropout", "0.1", "--no-strip-accents", "--keep", "1", "--backend", "cpu", "--sharing", "none"));
        succeed(arguments.toArray(String[]::new));
    }

    private static String succeed(String... arguments) {
        CommandRunner.Result result = assertSuccess(CommandRunner.run(arguments));
        return result.out();
    }

    private static JsonObject options(Path run) throws IOException {
        return Json.read(run.resolve("settings.json")).getAsJsonObject("options");
    }

    @Test
    void theSameOptionsGiveTheSameModel() throws IOException {
        succeed("pretrain", "--like", first.toString(), "--output", second.toString());
        assertThat(second.resolve(MODEL)).hasSameBinaryContentAs(first.resolve(MODEL));
        assertThat(RunSoFar.settings(second)).isEqualTo(RunSoFar.settings(first));
        JsonObject expected = options(first);
        expected.add("--precision", options(second).get("--precision"));
        assertThat(options(second)).isEqualTo(expected);
        assertThat(options(second).keySet()).doesNotContain("--like", "--output");

        // it stands on its own
        Files.move(first, folder.resolve("elsewhere"));
        assertThat(succeed("pretrain", "--resume", second.toString())).contains("resumed after step 6 of 6");
    }

    @Test
    void whatIsGivenReplacesItsOwn() throws IOException {
        succeed("pretrain", "--like", first.toString(), "--output", second.toString(), "--seed", "8", "--dropout", "0");
        PretrainSettings own = RunSoFar.settings(first);
        PretrainSettings settings = RunSoFar.settings(second);
        assertThat(settings.seed()).isEqualTo(8);
        assertThat(settings.model().discriminator().hiddenDropout()).isZero();
        assertThat(settings.learningRate()).isEqualTo(own.learningRate());
        assertThat(settings.model().sharing()).isEqualTo(own.model().sharing());
        JsonElement dropout = options(second).get("--dropout");
        assertThat(dropout.getAsJsonArray()).hasSize(1);
        assertThat(second.resolve(MODEL).toFile()).hasSize(Files.size(first.resolve(MODEL)));
    }

    /** Of several lengths the shortest counts, so that its own would cut short what is given. */
    @Test
    void aLengthThatIsGivenReplacesItsOwn() throws IOException {
        succeed("pretrain", "--like", first.toString(), "--output", second.toString(), "--max-epochs", "2");
        assertThat(RunSoFar.settings(first).steps()).isEqualTo(6);
        assertThat(RunSoFar.settings(second).steps()).isGreaterThan(6);
        assertThat(options(second).keySet()).contains("--max-epochs").doesNotContain("--max-steps");
        Path third = folder.resolve("third");
        succeed("pretrain", "--like", second.toString(), "--output", third.toString(), "--max-steps", "100");
        assertThat(RunSoFar.settings(third).steps()).isEqualTo(100);
        assertThat(options(third).keySet()).doesNotContain("--max-epochs");
    }

    /** Nothing could take them back, and the run would be refused for them. */
    @Test
    void oneNetworkLeavesOutWhatIsOfTwo() throws IOException {
        String like = "pretrain --like " + first + " --output " + second;
        assertThat(succeed((like + " --objective mlm").split(" ")))
                .contains(
                        "left out of the options of " + first + ", which --objective mlm has no use for: --sharing\n");
        assertThat(options(second).keySet())
                .contains("--objective", "--dropout")
                .doesNotContain("--sharing");
        assertThat(succeed("plan", "--like", first.toString(), "--objective", "mlm"))
                .startsWith("left out of the options of " + first);
        failure(
                2,
                "--sharing needs an objective with a generator",
                (like + " --objective mlm --sharing all").split(" "));
    }

    /** 20 is little for a discriminator, and much for what predicts tokens. */
    @Test
    void theWeightOfALossIsNotThatOfAnotherKind() throws IOException {
        succeed("pretrain", "--like", first.toString(), "--discriminator-weight", "20", "--output", second.toString());
        String like = "pretrain --like " + second + " --output " + folder + "/";
        assertThat(succeed((like + "tokens --objective replace-mlm").split(" ")))
                .contains("which --objective replace-mlm has no use for: --discriminator-weight\n");
        assertThat(RunSoFar.settings(folder.resolve("tokens")).losses().discriminatorWeight())
                .isEqualTo(1);
        assertThat(succeed((like + "part --objective electra-15").split(" "))).doesNotContain("left out");
        assertThat(RunSoFar.settings(folder.resolve("part")).losses().discriminatorWeight())
                .isEqualTo(20);
    }

    @Test
    void preparedTextReplacesHowItsOwnIsReadAndPacked() throws IOException {
        Path prepared = folder.resolve("prepared");
        succeed(("prepare --data " + folder.resolve("text.txt") + " --vocab " + folder.resolve("vocabulary.txt")
                        + " --output " + prepared + " --sequence-length 16 --held-out 0.3 --blank-lines documents")
                .split(" "));
        String[] like = ("pretrain --like " + first + " --data " + prepared + " --output " + second).split(" ");
        succeed(like);
        assertThat(RunSoFar.settings(second).sequenceLength()).isEqualTo(16);
        assertThat(options(second).keySet())
                .contains("--data", "--dropout", "--max-steps")
                .doesNotContain("--sequence-length", "--held-out", "--vocab", "--strip-accents");

        List<String> contradiction = new ArrayList<>(List.of(like));
        contradiction.addAll(List.of("--sequence-length", "32"));
        failure(
                2,
                prepared + " is prepared for sequences of 16 tokens, not 32; leave --sequence-length out",
                contradiction.toArray(String[]::new));
    }

    /** What the manifest decided has no option; other text would else get the bundled vocabulary and the preset's length. */
    @Test
    void otherTextIsCutAsPreparedTextWas() throws IOException {
        Path prepared = folder.resolve("prepared");
        succeed(("prepare --data " + folder.resolve("text.txt") + " --vocab " + folder.resolve("vocabulary.txt")
                        + " --output " + prepared + " --sequence-length 16 --no-strip-accents")
                .split(" "));
        succeed(("pretrain --like " + first + " --data " + prepared + " --output " + second).split(" "));
        Path third = folder.resolve("third");
        String[] like = ("pretrain --like " + second + " --data " + folder.resolve("text.txt") + " --output " + third)
                .split(" ");
        assertThat(succeed(like)).contains("\ntokens    a vocabulary of 15; lower case, accents kept\n");
        assertThat(RunSoFar.settings(third).sequenceLength()).isEqualTo(16);
        assertThat(third.resolve("vocab.txt")).hasSameBinaryContentAs(second.resolve("vocab.txt"));
        assertThat(third.resolve("tokenizer_config.json"))
                .hasSameBinaryContentAs(second.resolve("tokenizer_config.json"));

        // wherever the prepared text is by now
        Files.move(prepared, folder.resolve("moved"));
        like[like.length - 1] = folder.resolve("later").toString();
        assertThat(succeed(like)).doesNotContain("warning: ");
        assertThat(RunSoFar.settings(folder.resolve("later"))).isEqualTo(RunSoFar.settings(third));

        List<String> given = new ArrayList<>(List.of(like));
        given.addAll(List.of("--sequence-length", "32", "--strip-accents"));
        given.set(like.length - 1, folder.resolve("fourth").toString());
        assertThat(succeed(given.toArray(String[]::new))).contains("accents stripped\n");
        assertThat(RunSoFar.settings(folder.resolve("fourth")).sequenceLength()).isEqualTo(32);
    }

    @Test
    void otherTextIsReadAndPackedAsItsOwn() throws IOException {
        Path text = Files.copy(folder.resolve("text.txt"), folder.resolve("other.txt"));
        succeed("pretrain", "--like", first.toString(), "--data", text.toString(), "--output", second.toString());
        JsonObject expected = options(first);
        expected.remove("--data");
        JsonObject options = options(second);
        assertThat(options.remove("--data").getAsString()).isEqualTo(text.toString());
        assertThat(options.keySet()).contains("--sequence-length", "--held-out", "--strip-accents");
        expected.entrySet().forEach(own -> assertThat(options.get(own.getKey())).isEqualTo(own.getValue()));
    }

    /** Which no other error tells: a run like another one is to be compared with it. */
    @Test
    void textThatHasChangedInItsPlaceIsSaid() throws IOException {
        String like = "pretrain --like " + first + " --output " + folder + "/";
        String warning = "warning: the text is not the one of " + first + ": it was ";
        assertThat(succeed((like + "same").split(" "))).doesNotContain(warning);
        assertThat(succeed((like + "seed --seed 8").split(" "))).doesNotContain(warning);
        assertThat(RunSoFar.settings(folder.resolve("seed"))).isNotEqualTo(RunSoFar.settings(first));

        Path text = folder.resolve("text.txt");
        String before = Files.readString(text);
        // as many tokens: only the sequences tell
        Files.writeString(text, before.replace("cat", "dog"));
        assertThat(succeed((like + "words").split(" "))).containsOnlyOnce(warning);
        Files.writeString(text, before + "\na cat sees a dog\n");
        assertThat(succeed((like + "longer --seed 8").split(" "))).contains(warning);
        assertThat(succeed((like + "named --data " + text).split(" "))).doesNotContain(warning);
        assertThat(succeed((like + "cut --sequence-length 16").split(" "))).doesNotContain(warning);

        JsonObject settings = Json.read(first.resolve("settings.json"));
        assertThat(settings.getAsJsonObject("text").get("heldOutFraction").getAsDouble())
                .isEqualTo(0.2);
        settings.remove("text"); // as of a version that did not write it
        Json.write(first.resolve("settings.json"), settings);
        assertThat(succeed((like + "older").split(" "))).doesNotContain(warning);
        JsonObject lacking = new JsonObject();
        lacking.addProperty("prepared", false);
        for (JsonElement damaged : List.of(new JsonPrimitive(3), lacking)) {
            settings.add("text", damaged);
            Json.write(first.resolve("settings.json"), settings);
            failure(1, "settings.json: expected the record of the run's \"text\"", (like + "damaged").split(" "));
        }
    }

    @Test
    void whereOptionsThatAreNoneComeFromIsSaid() throws IOException {
        Path settings = first.resolve("settings.json");
        Files.writeString(settings, Files.readString(settings).replace("--dropout", "--drop"));
        String wrong = ": expected options of 'jelectra pretrain': Unknown option: '--drop=0.1'";
        failure(1, settings + " and this call" + wrong, "pretrain", "--like", first.toString());
        failure(1, settings + wrong, "pretrain", "--resume", first.toString());
    }

    @Test
    void itsMemoryIsPlanned() {
        String like = succeed("plan", "--like", first.toString());
        assertThat(like).isEqualTo(succeed("plan", "--resume", first.toString()));
        assertThat(succeed("plan", "--like", first.toString(), "--layers", "2")).isNotEqualTo(like);
    }

    @Test
    void itMustBeARunAndNotGoOn() {
        failure(
                1,
                folder + ": expected the directory of a run, found no settings.json in it",
                "pretrain",
                "--like",
                folder.toString());
        failure(
                2,
                "--like begins a new run, and --resume goes on with one: expected one of them, got both",
                "pretrain",
                "--like",
                first.toString(),
                "--resume",
                first.toString());
        failure(
                1,
                first + " holds a run already",
                "pretrain",
                "--like",
                first.toString(),
                "--output",
                first.toString());
        failure(
                2,
                "the number of steps must be positive, got 0",
                "pretrain",
                "--like",
                first.toString(),
                "--output",
                second.toString(),
                "--max-steps",
                "0");
    }
}
