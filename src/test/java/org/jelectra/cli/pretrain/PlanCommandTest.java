package org.jelectra.cli.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {

    @TempDir
    private Path directory;

    private static CommandRunner.Result plan(String... options) {
        List<String> arguments = new ArrayList<>(List.of("plan"));
        arguments.addAll(List.of(options));
        return CommandRunner.run(arguments.toArray(String[]::new));
    }

    private static double part(CommandRunner.Result result, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + name + " +(\\d+\\.\\d+)").matcher(result.out());
        assertThat(matcher.find()).as(result.out() + result.err()).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void tellsTheMemoryByPartOnEveryBackend() {
        CommandRunner.Result result = plan("--preset", "tiny", "--vocab-size", "1000", "--device-memory", "24");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .startsWith("MB              cpu float32   cuda float32      cuda bf16\n")
                .containsPattern("(?m)^parameters( +\\d+\\.\\d\\d){3}$")
                .containsPattern("(?m)^activations( +\\d+\\.\\d\\d){3}$")
                .containsPattern("(?m)^evaluation( +\\d+\\.\\d\\d){3}$")
                .containsPattern("(?m)^kernels +0\\.00( +\\d+\\.\\d\\d){2}$")
                .containsPattern("(?m)^total( +\\d+\\.\\d\\d){3}$")
                .contains("cpu float32 fits: ", "cuda bf16 fits: 24000.00 MB are there\n")
                .endsWith(" MB each, the latest 2 and 5 milestones\n");
        assertThat(result.code()).isZero();
    }

    @Test
    void moreParametersThanCanBeCountedAreWrongUsage() {
        CommandRunner.Result result = plan("--positions", "2000000000");

        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith("jelectra plan: a model must have at most 2147483647 parameters, got ")
                .endsWith("; choose smaller sizes (see jelectra plan --help)");
        assertThat(result.code()).isEqualTo(2);
    }

    @Test
    void smallOwtIsSmall() {
        assertThat(plan("--preset", "small-owt", "--backend", "cpu"))
                .isEqualTo(plan("--preset", "small", "--backend", "cpu"))
                .isNotEqualTo(plan("--preset", "small++", "--backend", "cpu"));
        assertThat(CommandRunner.run("flops", "--preset", "small-owt", "--json").out())
                .isEqualTo(CommandRunner.run("flops", "--preset", "small", "--json")
                        .out())
                .contains("ELECTRA-Small-OWT");
    }

    @Test
    void takesTheBackendAndPrecisionOfPretrain() {
        assertThat(plan("--backend", "cpu").out()).startsWith("MB              cpu float32\n");
        assertThat(plan("--backend", "cuda").out()).startsWith("MB             cuda float32      cuda bf16\n");
        assertThat(plan("--precision", "bf16").out()).startsWith("MB                cuda bf16\n");
    }

    @Test
    void takesTheTextOfPretrainAndAgreesWithItsRun() throws IOException {
        Path output = directory.resolve("run");
        List<String> arguments = new ArrayList<>(
                TinyRun.arguments(TinyRun.writeText(directory), TinyRun.writeVocabulary(directory), output));
        arguments.addAll(List.of("--backend", "cpu"));
        CommandRunner.Result run = assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        Matcher memory = Pattern.compile("memory +(\\d+) MB parameters and optimiser, (\\d+) MB activations")
                .matcher(run.out());
        assertThat(memory.find()).isTrue();

        arguments.set(0, "plan");
        CommandRunner.Result plan = assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));
        assertThat(Math.round(part(plan, "activations"))).isEqualTo(Long.parseLong(memory.group(2)));
        double optimizer = part(plan, "parameters") + part(plan, "gradients") + part(plan, "moments");
        assertThat(Math.round(optimizer)).isEqualTo(Long.parseLong(memory.group(1)));
        Matcher disk = Pattern.compile("disk: snapshots of (\\S+) MB").matcher(plan.out());
        assertThat(disk.find()).isTrue();
        // beside the numbers a snapshot has their names, and what the run was given
        assertThat(snapshotBytes(output) - 1e6 * Double.parseDouble(disk.group(1)))
                .isBetween(0.0, 40_000.0);
    }

    private static double snapshotBytes(Path run) throws IOException {
        try (Stream<Path> snapshots = Files.list(run.resolve("snapshots"))) {
            return Files.size(snapshots.findFirst().orElseThrow());
        }
    }

    @Test
    void beginsWithWeightsAndGoesOnAsPretrainWould() throws IOException {
        Path first = directory.resolve("first");
        List<String> arguments = new ArrayList<>(
                TinyRun.arguments(TinyRun.writeText(directory), TinyRun.writeVocabulary(directory), first));
        arguments.addAll(List.of("--backend", "cpu", "--snapshot-steps", "3"));
        assertThat(CommandRunner.run(arguments.toArray(String[]::new)).code()).isZero();
        arguments.set(0, "plan");
        CommandRunner.Result planned = assertSuccess(CommandRunner.run(arguments.toArray(String[]::new)));

        String text = directory.resolve("text.txt").toString();
        String shape =
                "--data " + text + " --backend cpu --batch 4 --sequence-length 32 --held-out 0.2 --init-from " + first;
        CommandRunner.Result warm = assertSuccess(plan(shape.split(" ")));
        assertThat(part(warm, "parameters")).isEqualTo(part(planned, "parameters"));
        assertThat(plan("--resume", first.toString()).out()).isEqualTo(planned.out());

        CommandRunner.Result other = plan((shape + " --layers 3").split(" "));
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("num_hidden_layers 1 in the file, 3 in the run");
        assertThat(plan("--resume", first.toString(), "--batch", "8").err())
                .startsWith("jelectra plan: a resumed run keeps its options: expected --batch 4, got --batch 8");

        // neither is in the way of a plan
        Files.move(first.resolve("snapshots"), directory.resolve("former-snapshots"));
        Files.writeString(first.resolve("diverged.json"), "{\"step\": 1}");
        assertThat(plan("--resume", first.toString()).out()).isEqualTo(planned.out());
    }

    @Test
    void aVocabularyThatIsCutDownIsThatOfTheText() {
        double whole = part(plan("--backend", "cpu", "--vocab-size", "0"), "parameters");
        double cut = part(plan("--backend", "cpu", "--vocab-size", "2000"), "parameters");

        assertThat(cut).isLessThan(whole / 2);
    }

    @Test
    void whatDoesNotFitSaysWhatHelps() {
        CommandRunner.Result result = plan("--preset", "small", "--backend", "cuda", "--device-memory", "0.5");

        assertThat(result.out())
                .contains("cuda bf16 does not fit: 500.00 MB are there; --accumulate, --batch and --sequence-length");
        assertThat(result.code()).isZero();

        CommandRunner.Result large = plan("--preset", "base", "--backend", "cpu");
        double gibibytes = part(large, "total") * 1e6 / (1 << 30);
        Matcher advice = Pattern.compile("MB are there; JELECTRA_JAVA_OPTS=-Xmx(\\d+)g gives")
                .matcher(large.out());
        assertThat(advice.find()).as(large.out()).isTrue();
        assertThat(Double.parseDouble(advice.group(1))).isBetween(1.25 * gibibytes, 1.25 * gibibytes + 2);
    }

    @Test
    void wrongUsageAndMissingTextAreSaidInOneLine() {
        CommandRunner.Result result = plan("--batch", "5", "--accumulate", "2");
        assertThat(result.err()).startsWith("jelectra plan: the batch size must be divisible");
        assertThat(result.code()).isEqualTo(2);

        result = plan("--backend", "tpu");
        assertThat(result.err()).startsWith("jelectra plan: no backend is named 'tpu'; there are auto, cpu and cuda");
        assertThat(result.code()).isEqualTo(2);

        result = plan("--backend", "cpu", "--precision", "bf16");
        assertThat(result.err()).startsWith("jelectra plan: the backend cpu computes in float32");
        assertThat(result.code()).isEqualTo(2);

        for (String gigabytes : List.of("-1", "0", "NaN", "1e300", "144e9")) {
            result = plan("--device-memory", gigabytes);
            assertThat(result.err())
                    .startsWith(
                            "jelectra plan: --device-memory must be a number of GB above 0 and at most 200000, got ");
            assertThat(result.code()).isEqualTo(2);
        }

        result = plan("--data", directory.resolve("none.txt").toString());
        assertThat(result.err()).contains("none.txt: expected a corpus file or folder");
        assertThat(result.code()).isEqualTo(1);
    }
}
