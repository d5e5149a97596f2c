package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jelectra.backend.Availability;
import org.jelectra.backend.Backends;
import org.jelectra.cli.console.Terminal;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("every-jdk")
class MainTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "vocab --help", "prepare --help", "inspect --help", "pretrain --help", "predict --help"
            })
    void helpIsEverywhere(String line) {
        CommandRunner.Result result = assertSuccess(CommandRunner.run(line.split(" ")));
        assertThat(result.out()).startsWith("Usage: jelectra").contains("--help", "--version", "--verbose");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void theListOfCommandsIsShort() {
        String help = CommandRunner.run("--help").out();

        String list = help.substring(help.indexOf("Commands:"), help.indexOf("Exit codes"));
        long commands = list.lines().filter(line -> line.matches("  [a-z].*")).count();
        assertThat(commands).isEqualTo(18);
        assertThat(list.strip().lines()).hasSizeLessThanOrEqualTo((int) (1 + 2 * commands));
        assertThat(list.lines()).noneMatch(line -> line.matches("  [a-z]+ *"));
    }

    @ParameterizedTest
    @CsvSource({"predict --verbose, 1", "completion, 18", "--verbose predict, 18", "pretrian, 18"})
    void onlyTheCommandThatIsNamedFirstIsMadeReady(String line, int commands) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Main main = new Main(InputStream.nullInputStream(), nowhere, nowhere, Terminal.NONE);

        assertThat(main.commandLine(line.split(" ")).getSubcommands()).hasSize(commands);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pretrain --batch 8 --batch 9 --help", "vocab --size 8 --size 9 --help"})
    void helpComesBeforeWhatIsWrong(String line) {
        CommandRunner.Result result = assertSuccess(CommandRunner.run(line.split(" ")));
        assertThat(result.out()).startsWith("Usage: jelectra " + line.split(" ")[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "prepare --version", "pretrain --version", "predict --version"})
    void versionIsEverywhere(String line) {
        CommandRunner.Result result = assertSuccess(CommandRunner.run(line.split(" ")));
        assertThat(result.out()).startsWith("jelectra ").contains("Java ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|a command is missing: vocab, prepare, ",
                "''|, plan, bench, report, completion (see jelectra --help)",
                "pretrian|there is no command pretrian; did you mean pretrain?",
                "train|there is no command train; did you mean pretrain? (",
                "PRETRAIN|there is no command PRETRAIN; did you mean pretrain? (",
                "pretrain --eval 3|there is no option --eval; did you mean --eval-every or --eval-sequences? (",
                "finetune --rate 1 --task x --model m --data d --output o|did you mean --learning-rate? (",
                "finetune --rate 1|there is no option --rate; did you mean --learning-rate? (",
                "export --oputput x m|there is no option --oputput; did you mean --output? (",
                "help|there is no command help; did you mean --help?",
                "pretrain extra|pretrain: unexpected argument 'extra' (",
                "pretrain --btach 8|there is no option --btach; did you mean --batch? (",
                "pretrain --btach=8|there is no option --btach; did you mean --batch? (",
                "pretrain --no-lowercase|there is no option --no-lowercase; did you mean --no-lower-case? (",
                "pretrain --clip 1|pretrain: there is no option --clip (",
                "finetune --eopchs 3 --task x --model m --data d --output o|no option --eopchs; did you mean --epochs?",
                "finetune --warmup-fraction 1 --task x --model m --data d --output o|did you mean --warmup?",
                "pretrain --batch|missing required parameter for option '--batch' (N)",
                "pretrain --output=|invalid value for option '--output': expected a path, got an empty one (",
                "prepare --output o --data=|expected a path, got an empty one (",
                "pretrain --resume=|invalid value for option '--resume': expected a path, got an empty one (",
                "pretrain --batch= |invalid value for option '--batch': '' is not a whole number",
                "pretrain --whole-word-masking=x|'--whole-word-masking': 'x' is neither true nor false",
                "pretrain --batch 8 --max-steps 9 --batch 9|expected --batch once, got it with 8 and 9 (",
                "finetune --task x --model m --data d --output o --batch 8 --epochs 1 --batch 9|expected --batch once",
                "predict m --seed 1 --mask-prob 0.3 --seed 2|expected --seed once, got it with 1 and 2 (",
                "vocab --output o --size 8 --size 9|expected --size once, got it with 8 and 9 (",
                "pretrain --resume --resume|expected --resume once, got it twice (",
                "pretrain --resume a --resume|expected --resume once, got it twice (",
                "pretrain --resume a --resume b|expected --resume once, got it with a and b (",
                "bench --parts --parts|expected --parts once, got it twice (",
                "bench --parts --steps 1 --parts --parts|expected --parts once, got it 3 times (",
                "vocab --output o --no-lower-case --lower-case|expected --lower-case or --no-lower-case once, got it twice (",
                "pretrain --max-step 3|there is no option --max-step; did you mean --max-steps",
                "pretrain --max-steps many|invalid value for option '--max-steps': 'many' is not a whole number",
                "pretrain --seed abc|invalid value for option '--seed': 'abc' is not a whole number",
                "pretrain --max-steps 3000000000|invalid value for option '--max-steps': '3000000000' is out of range",
                "pretrain --learning-rate high|invalid value for option '--learning-rate': 'high' is not a number",
                "pretrain --dropout some|invalid value for option '--dropout': 'some' is not a number",
                "pretrain --max-steps 0|the number of steps must be positive, got 0",
                "pretrain --preset smol|no preset is named 'smol'; there are tiny, small, small++, base, large",
                "pretrain --hidden-size 100 --heads 3|the hidden size must be divisible by the number of heads, got 100 and 3",
                "pretrain --sequence-length 513|the sequence length must not exceed the model's positions, got 513 and 512",
                "pretrain --sequence-length 4|the sequence length must be at least 5",
                "pretrain --batch 8 --accumulate 3|divisible by the number of micro-batches (--accumulate), got 8 and 3; 4 fits",
                "pretrain --mask-prob 1.5|the share of tokens to guess must be in (0, 1), got 1.5",
                "pretrain --held-out 1|the held-out fraction must be in [0, 1), got 1.0",
                "pretrain --learning-rate 0|pretrain: the learning rate must be positive and finite, got 0.0 (",
                "pretrain --warmup-steps -1|pretrain: the number of warm-up steps must be finite and not negative, got -1.0 (",
                "pretrain --weight-decay -1|pretrain: the weight decay must be finite and not negative, got -1.0 (",
                "pretrain --discriminator-weight -1|the weight of the discriminator's loss must be finite and not negative, got -1.0 (",
                "pretrain --learning-rate Infinity|pretrain: the learning rate must be positive and finite, got Infinity (",
                "pretrain --warmup-steps Infinity|pretrain: the number of warm-up steps must be finite and not negative, got Infinity (",
                "pretrain --weight-decay Infinity|pretrain: the weight decay must be finite and not negative, got Infinity (",
                "pretrain --discriminator-weight Infinity|the weight of the discriminator's loss must be finite and not negative, got Inf",
                "pretrain --temperature 1e39|pretrain: the temperature must be positive and finite, got Infinity (",
                "pretrain --layers 1000000|the number of layers must be at most 1000, got 1000000",
                "pretrain --hidden-size 2000000000 --heads 1|the hidden size must be at most 131072, got 2000000000",
                "pretrain --embedding-size 2000000000|the embedding size must be at most 131072, got 2000000000",
                "pretrain --positions 2000000000|a model must have at most 2147483647 parameters, got 256000",
                "pretrain --preset small --ffn-size 2000000000|a model must have at most 2147483647 parameters, got ",
                "pretrain --batch 2000000000|(--accumulate), must have at most 67108864 tokens, got 64000000000, ",
                "plan --batch 2000000000 --accumulate 4|tokens, got 16000000000, 500000000 sequences of 32 (",
                "plan --batch 1000000000 --accumulate 1000000000|the number of micro-batches (--accumulate) must be at most 65536, got ",
                "pretrain --no-lower-case|--no-lower-case needs a cased vocabulary: expected --vocab FILE, got none",
                "plan --no-lower-case|--no-lower-case needs a cased vocabulary: expected --vocab FILE, got none",
                "pretrain --objective mlm --generator-size 0.5|--generator-size needs an objective with a generator",
                "pretrain --objective mlm --generator-layers 1|--generator-layers needs an objective with a generator",
                "pretrain --objective mlm --sharing none|--sharing needs an objective with a generator",
                "pretrain --sharing all --generator-size 0.5|--generator-layers need --sharing none or embeddings",
                "pretrain --objective mlm --discriminator-weight 50|--discriminator-weight needs an objective with a generator",
                "pretrain --objective mlm --temperature 1|--temperature needs an objective with a generator",
                "pretrain --objective mlm --sampler gumbel|--sampler needs an objective with a generator",
                "pretrain --objective bert|expected one of electra, electra-15, replace-mlm, all-tokens-mlm, mlm, but was 'bert'",
                "pretrain --mask-replace-prob 0.8 --random-replace-prob 0.3|add up to at most 1, got 0.8 and 0.3",
                "pretrain --random-replace-prob -0.1|add up to at most 1, got 0.85 and -0.1",
                "pretrain --dropout 1|dropout must be in [0, 1), got 1.0",
                "pretrain --sharing some|expected one of none, embeddings, all, but was 'some'",
                "pretrain --backend tpu|no backend is named 'tpu'; there are auto, cpu and cuda",
                "pretrain --backend cpu --precision bf16|the backend cpu computes in float32; bf16 needs the backend cuda",
                "pretrain --precision half|expected one of bf16, float32, but was 'half'",
                "pretrain --threads 0|the number of threads must be positive, got 0",
                "pretrain --threads 100000|the number of threads must be at most ",
                "bench --threads 100000|the number of threads must be at most ",
                "predict m -v|there is no option -v; a text that begins so goes behind -- (",
                "predict|missing required parameter: 'MODEL'",
                "predict m --temperature 0|the temperature must be positive and finite, got 0.0"
            })
    void wrongUsageIsOneLineAndExitCode2(String line, String message) {
        CommandRunner.Result result = line.isEmpty() ? CommandRunner.run() : CommandRunner.run(line.split(" "));

        assertFailure(result, 2, message);
        assertThat(result.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"pretrain --backend cuda", "pretrain --precision bf16", "predict model text --backend cuda"})
    void aBackendThatIsNotThereIsAFailure(String line) {
        String reason = reasonWithoutCuda();
        CommandRunner.Result result = CommandRunner.run(line.split(" "));

        assertThat(result.err().lines())
                .containsExactly(
                        "jelectra: the backend cuda cannot run here: " + reason + "; the backend cpu can, in float32");
        assertThat(result.code()).isEqualTo(1);
    }

    /** In other programs it names a file of arguments. */
    @Test
    void anArgumentMayBeginWithAnAtSign() throws IOException {
        Path file = Files.writeString(folder.resolve("arguments"), "--help");

        CommandRunner.Result result = CommandRunner.run("predict", "@" + file, "@user said");

        assertThat(result.err()).isEqualTo("jelectra: @" + file + ": no such file or directory\n");
        assertThat(result.code()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pre | prepare pretrain predict",
                "pretrain --obj | --objective",
                "pretrain --preset sm | small small++",
                "pretrain --objective e | electra electra-15",
                "pretrain --sampler \"\" | multinomial gumbel",
                "bench --precision \"\" | bf16 float32",
                "finetune --loss \"\" | sum mean",
                "prepare --invalid-utf8 r | replace",
            })
    void bashCompletesCommandsOptionsAndTheirValues(String words, String expected)
            throws IOException, InterruptedException {
        CommandRunner.Result script = assertSuccess(CommandRunner.run("completion"));
        Path file = Files.writeString(folder.resolve("completion.sh"), script.out());
        String question = ". " + file + "; complete -p jelectra; COMP_WORDS=(jelectra " + words
                + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; }; _complete_jelectra; echo ${COMPREPLY[*]}";

        Process bash = new ProcessBuilder("bash", "-c", question)
                .redirectErrorStream(true)
                .start();

        String answer = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(answer).isZero();
        assertThat(answer.lines()).containsExactly("complete -o default -F _complete_jelectra jelectra", expected);
    }

    @Test
    void verboseShowsWhere() {
        CommandRunner.Result result = CommandRunner.run("predict", "--verbose", "/nonexistent/model", "text");

        assertThat(result.err())
                .startsWith("jelectra: /nonexistent/model: no such file or directory")
                .contains("\tat ");
        assertThat(result.code()).isEqualTo(1);
    }

    private static String reasonWithoutCuda() {
        Availability cuda = Backends.available().get(0);
        assumeFalse(cuda.available(), "this machine can run the backend cuda");
        return cuda.description();
    }
}
