package org.jelectra.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/gpu/train --rehearse} with a Java that writes given metrics: which kernels it takes, how many steps, what it keeps. */
class GpuTrainScriptTest {

    /**
     * Ten steps a second, or with PACE=1e far fewer; $WRONG is the generator's loss of a trial with the device's own kernels, which
     * fault with $FAULT and do not end with $HANG; $SLOW makes training wait. With $MIDWAY a run of these kernels ("own", "general")
     * faults after a snapshot of step 4; --resume goes on from there, and with $SAVES saves a model even so. With $STOPS its time is
     * over there, and what goes on tells what was kept by then, or with $LATE faults. $FAULTED is what it says then, and where every kernel
     * is waited for another. The model of a trial has $BYTES. What is $KILLED, "trial", "general" (its trial) or "run",
     * is so once, or with $ALWAYS each time.
     */
    private static final String JAVA = """
            #!/bin/bash
            kernels=own
            while [ $# -gt 0 ]; do
                case $1 in
                    -Djelectra.cuda.kernels=compute_80) kernels=general ;;
                    -Djelectra.gpu.synchronous=true) waits=1 ;;
                    --output) output=$2 ;;
                    --resume) output=$2 resumes=1 ;;
                    --max-steps) steps=$2 ;;
                    --max-hours) hours=$2 ;;
                esac
                shift
            done
            [ "$kernels" != own ] || [ -z "$FAULT" ] || { echo "a kernel faults" >&2; exit 1; }
            [ "$kernels" != own ] || [ -z "$HANG" ] || sleep 100
            case $KILLED-$kernels-$output in
                trial-own-*trial* | general-general-*trial* | run-own-*/run)
                    [ ! -e "$0.killed" ] || [ -n "$ALWAYS" ] || KILLED=
                    touch "$0.killed"
                    ;;
                *) KILLED= ;;
            esac
            case $KILLED in trial | general) kill -9 $$ ;; esac
            loss=9.5
            [ "$kernels" = general ] || loss=${WRONG:-9.5}
            mkdir -p "$output/snapshots"
            metrics() {
                echo "{\\"step\\":$1,\\"generator_loss\\":$loss,\\"discriminator_loss\\":0.5,\\"gradient_norm\\":2.0,\\"tokens_per_second\\":100.0,\\"elapsed_seconds\\":$2$3}"
            }
            case $output in
                *trial*)
                    mkdir "$output/discriminator"
                    truncate -s "${BYTES:-0}" "$output/discriminator/model.safetensors"
                    for step in 1 2 3 4; do metrics $step ${PACE:-0.}$step; done >"$output/metrics.jsonl"
                    ;;
                *)
                    save() {
                        mkdir -p "$output/discriminator" "$output/generator"
                        head -c 3000000 /dev/urandom >"$output/discriminator/model.safetensors"
                    }
                    if [ -n "$resumes" ]; then
                        [ -e "$output/snapshots/step-000000004.snapshot" ] || exit 9
                        steps=$(cat "$output/steps")
                        echo "hours $hours"
                        [ -z "$SAVES" ] || [ "$hours" != 1e-9 ] || save
                    fi
                    echo "$steps" >"$output/steps"
                    # a second signal is one too many
                    trap 'trap "exit 99" TERM; sleep 0.5; save; exit 143' TERM
                    metrics 4 0.4 >"$output/metrics.jsonl"
                    metrics 5 0.5 >>"$output/metrics.jsonl"
                    [ -z "$KILLED" ] || { echo whole >"$output/snapshots/step-000000004.snapshot"; kill -9 $$; }
                    case " $MIDWAY " in
                        *" $kernels "*)
                            [ -z "$waits" ] || touch "$output/waited"
                            [ ! -e "$output/finished" ] || exit 0
                            echo whole >"$output/snapshots/step-000000004.snapshot"
                            echo '{}' >"$output/settings.json"
                            [ -z "$waits" ] || FAULTED="jelectra: kernel culprit faulted: 700"
                            echo "${FAULTED:-jelectra: the kernel gelu faults}" >&2
                            exit 1
                            ;;
                    esac
                    if [ -n "$STOPS" ]; then
                        [ -z "$resumes" ] || ls target/gpu-results/train >"$STOPS"
                        [ -n "$resumes" ] || { echo whole >"$output/snapshots/step-000000004.snapshot"; echo '{}' >"$output/settings.json"; save; exit 0; }
                        [ ! -e "$output/discriminator" ] || exit 9
                        [ -z "$LATE" ] || exit 1
                    fi
                    [ -z "$SLOW" ] || { touch "$SLOW"; while :; do sleep 0.1; done; }
                    metrics "$steps" 7.5 ',"eval_generator_loss":9.0,"eval_generator_accuracy":0.25' >>"$output/metrics.jsonl"
                    save
                    touch "$output/finished"
                    ;;
            esac
            """;

    @TempDir
    private Path folder;

    private GpuCheckout checkout;

    @BeforeEach
    void fakeBundle() throws IOException, InterruptedException {
        checkout = new GpuCheckout(folder, JAVA, "train");
    }

    private JsonObject part(String name) throws IOException {
        return checkout.parts().get(name);
    }

    private String outcome(String name) throws IOException {
        return part(name).get("outcome").getAsString();
    }

    @Test
    void stepsFitTheTimeAndTheModelIsKeptInParts() throws IOException, InterruptedException {
        formerModel("models.tar.gz.00");
        checkout.rehearse(0, Map.of(), "--minutes", "2", "--part-mib", "1");

        JsonObject train = part("train");
        assertThat(train.get("outcome").getAsString()).isEqualTo("passed");
        assertThat(train.has("kernels")).isFalse();
        // 120 seconds less 5 to keep the model and a few for the trials, 0.1 second a step
        assertThat(train.get("of").getAsInt()).isBetween(800, 1100);
        assertThat(train.get("steps").getAsInt()).isEqualTo(train.get("of").getAsInt());
        assertThat(train.get("eval_generator_accuracy").getAsDouble()).isEqualTo(0.25);
        assertThat(part("keep").get("files").getAsInt()).isEqualTo(3);
        Path results = checkout.output();
        assertThat(results.toFile().list())
                .containsExactlyInAnyOrder(
                        "results.json",
                        "logs.tar.gz",
                        "discriminator.tar.gz.00",
                        "discriminator.tar.gz.01",
                        "discriminator.tar.gz.02");
        assertThat(checkout.run(
                        Map.of(), "/bin/bash", "-c", "cat target/gpu-results/train/discriminator.tar.gz.* | tar -xz"))
                .isZero();
        assertThat(folder.resolve("discriminator/model.safetensors")).hasSize(3_000_000);
    }

    private Path formerModel(String file) throws IOException {
        return Files.writeString(Files.createDirectories(checkout.output()).resolve(file), "former");
    }

    @Test
    void whereNoModelIsTrainedTheFormerStays() throws IOException, InterruptedException {
        Path former = formerModel("discriminator.tar.gz.00");
        checkout.rehearse(1, Map.of("PACE", "1e"));

        assertThat(former).hasContent("former");
    }

    /** As where the connection breaks over which the output goes. */
    @Test
    void whereNobodyReadsTheOutputTheModelIsKept() throws IOException, InterruptedException {
        assertThat(checkout.run(
                        Map.of(),
                        "/bin/bash",
                        "-c",
                        "/bin/bash tools/gpu/train --rehearse --minutes 2 | head -n 1; exit ${PIPESTATUS[0]}"))
                .isZero();

        assertThat(outcome("keep")).isEqualTo("passed");
    }

    /** What cuts all of it off later loses no more than what was learnt since. */
    @Test
    void theModelOfThreeQuartersIsKeptBeforeTrainingGoesOn() throws IOException, InterruptedException {
        Path there = folder.resolve("there");
        checkout.rehearse(0, Map.of("STOPS", there.toString()));

        assertThat(there).content().contains("discriminator.tar.gz.00", "results.json");
        JsonObject train = part("train");
        assertThat(train.get("packed_at_step").getAsInt()).isEqualTo(4);
        assertThat(train.get("steps").getAsInt()).isEqualTo(train.get("of").getAsInt());
        assertThat(part("keep").get("kept").getAsString()).isEqualTo("discriminator");
        assertThat(part("keep").has("model_of_step")).isFalse();
    }

    @Test
    void theSnapshotOfALaterFailureIsKeptBesideThatModel() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("STOPS", folder.resolve("there").toString(), "LATE", "1"));

        assertThat(outcome("keep")).as(checkout.printed()).isEqualTo("passed");
        assertThat(part("keep").get("kept").getAsString()).isEqualTo("snapshot");
        assertThat(checkout.output().toFile().list())
                .contains("discriminator.tar.gz.00", "snapshot.tar.gz.00")
                .doesNotContain("packed");
    }

    @Test
    void thereIsTimeToPackALargeModel() throws IOException, InterruptedException {
        checkout.rehearse(0, Map.of("BYTES", "2412345678"), "--minutes", "4");

        assertThat(part("keep").get("limit_seconds").getAsInt()).isEqualTo(5 + 120);
    }

    @Test
    void aRunThatCannotBePackedStaysWhereItIs() throws IOException, InterruptedException {
        checkout.executable("bin/split", "#!/bin/sh\nexit 1\n");
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        checkout.rehearse(1, Map.of("TMPDIR", temporary.toString(), "MIDWAY", "own"));

        assertThat(checkout.printed())
                .contains("next: read logs/keep.log in logs.tar.gz; the run stays in " + temporary);
        assertThat(temporary.toFile().listFiles()).singleElement().satisfies(work -> {
            assertThat(work.list()).containsExactly("run");
            assertThat(work.toPath().resolve("run/discriminator/model.safetensors"))
                    .isNotEmptyFile();
        });
    }

    @Test
    void whereTheTrialsDifferTheGeneralKernelsTrain() throws IOException, InterruptedException {
        checkout.rehearse(3, Map.of("WRONG", "8.0"), "--keep", "none");

        assertThat(outcome("trial")).isEqualTo("passed");
        assertThat(outcome("agreement")).isEqualTo("failed");
        assertThat(part("train").get("kernels").getAsString()).isEqualTo("compute_80");
        assertThat(checkout.printed())
                .contains("step 1: generator_loss is 8.0, with the general kernels 9.5; they may differ by 0.02");
    }

    @Test
    void whereTheDevicesOwnKernelsFaultTheGeneralOnesTrain() throws IOException, InterruptedException {
        checkout.rehearse(3, Map.of("FAULT", "1"), "--keep", "none");

        assertThat(outcome("trial")).isEqualTo("failed");
        assertThat(outcome("train")).isEqualTo("passed");
        assertThat(part("train").get("kernels").getAsString()).isEqualTo("compute_80");
    }

    @Test
    void whereTheDevicesOwnKernelsHangThereIsTimeForTheGeneralOnes() throws IOException, InterruptedException {
        checkout.rehearse(3, Map.of("HANG", "1"), "--minutes", "0.4", "--keep", "none");

        assertThat(outcome("trial")).isEqualTo("timed out");
        assertThat(outcome("train")).isEqualTo("passed");
    }

    @Test
    void whereTheDevicesOwnKernelsFailOnTheWayTheGeneralOnesGoOn() throws IOException, InterruptedException {
        checkout.rehearse(3, Map.of("MIDWAY", "own"));

        JsonObject train = part("train");
        assertThat(train.get("outcome").getAsString()).isEqualTo("passed");
        assertThat(train.get("kernels").getAsString()).isEqualTo("compute_80");
        assertThat(train.get("default_kernels_error").getAsString()).isEqualTo("jelectra: the kernel gelu faults");
        assertThat(train.get("resumed_after_step").getAsInt()).isEqualTo(4);
        assertThat(train.get("steps").getAsInt()).isEqualTo(train.get("of").getAsInt());
        assertThat(part("keep").get("kept").getAsString()).isEqualTo("discriminator");
        assertThat(checkout.results().get("general_kernels_needed")).hasToString("[\"train\"]");
        assertThat(checkout.results().get("exit_code").getAsInt()).isEqualTo(3);
        assertThat(checkout.printed())
                .contains(
                        "failed with the device's own kernels: train: jelectra: the kernel gelu faults\n",
                        "kernels: the device's own fail (train); the general ones (compute_80) pass there\n");
    }

    @Test
    void aKernelThatFaultsOnTheWayIsNamedInACopyOfTheRun() throws IOException, InterruptedException {
        checkout.rehearse(
                3,
                Map.of("MIDWAY", "own", "FAULTED", "jelectra: kernel last faulted: 700"),
                "--keep",
                "run",
                "--minutes",
                "0.6");

        assertThat(part("train-fault").get("limit_seconds").getAsInt())
                .as("of 36 seconds ten are for what does not end when it is asked to")
                .isLessThanOrEqualTo(26);
        assertThat(checkout.printed())
                .contains("failed with the device's own kernels: train: jelectra: kernel last faulted: 700;"
                        + " when every kernel is waited for: jelectra: kernel culprit faulted: 700\n");
        assertThat(checkout.printed())
                .as("what is to be kept comes first")
                .containsSubsequence("\ntrain: passed", "\nkeep: passed", "\ntrain-fault: ");
        assertThat(part("train").get("resumed_after_step").getAsInt()).isEqualTo(4);
        assertThat(checkout.run(Map.of(), "/bin/bash", "-c", "cat target/gpu-results/train/run.tar.gz.* | tar -tz"))
                .isZero();
        assertThat(checkout.printed()).contains("finished").doesNotContain("waited");
    }

    @Test
    void aRunThatIsKilledGoesOnWithTheSameKernels() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("KILLED", "run"));

        JsonObject train = part("train");
        assertThat(train.get("outcome").getAsString()).isEqualTo("passed");
        assertThat(train.has("kernels")).isFalse();
        assertThat(train.get("resumed_after_step").getAsInt()).isEqualTo(4);
        assertThat(part("keep").get("kept").getAsString()).isEqualTo("discriminator");
        assertThat(checkout.printed()).contains("failed: train: jelectra: killed from outside");
    }

    @Test
    void aTrialThatIsKilledRunsAgain() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("KILLED", "trial"), "--keep", "none");

        assertThat(outcome("agreement")).isEqualTo("passed");
        assertThat(outcome("train")).isEqualTo("passed");
        assertThat(part("train").has("kernels")).isFalse();
        assertThat(checkout.results().get("failed")).hasToString("[\"trial\"]");
        assertThat(checkout.printed()).contains("next: read logs/trial-first-try.log in logs.tar.gz; ");
    }

    /** Without it the device's own kernels would train although nothing was compared. */
    @Test
    void aTrialOfTheGeneralKernelsThatIsKilledRunsAgain() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("KILLED", "general"), "--keep", "none");

        assertThat(outcome("agreement")).isEqualTo("passed");
        assertThat(part("trial-compute-80").get("kernels").getAsString()).isEqualTo("compute_80");
        assertThat(part("train").has("kernels")).isFalse();
        assertThat(checkout.results().get("failed")).hasToString("[\"trial-compute-80\"]");
    }

    /** What could not be compared does not train. */
    @Test
    void whereTheTrialIsKilledTwiceTheGeneralKernelsTrain() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("KILLED", "trial", "ALWAYS", "1"), "--keep", "none");

        assertThat(outcome("train")).isEqualTo("passed");
        assertThat(part("train").get("kernels").getAsString()).isEqualTo("compute_80");
        assertThat(checkout.results().get("general_kernels_needed")).hasToString("[]");
        assertThat(checkout.results().get("failed")).hasToString("[\"trial\"]");
    }

    @Test
    void whereAllKernelsFailTheModelOfTheSnapshotIsKept() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("MIDWAY", "own general", "SAVES", "1"));

        assertThat(outcome("train")).isEqualTo("failed");
        assertThat(part("train").get("default_kernels").getAsString()).isEqualTo("failed");
        assertThat(part("keep").get("kept").getAsString()).isEqualTo("discriminator");
        assertThat(part("keep").get("model_of_step").getAsInt()).isEqualTo(4);
        assertThat(checkout.results().get("failed")).hasToString("[\"train\"]");
        assertThat(checkout.printed()).contains("failed: train: jelectra: the kernel gelu faults\n");
    }

    @Test
    void whereNoModelCanBeMadeTheSnapshotIsKept() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("MIDWAY", "own general"));

        assertThat(part("keep").get("kept").getAsString()).isEqualTo("snapshot");
        assertThat(checkout.run(
                        Map.of(), "/bin/bash", "-c", "cat target/gpu-results/train/snapshot.tar.gz.* | tar -xz"))
                .isZero();
        assertThat(folder.resolve("snapshots/step-000000004.snapshot")).hasContent("whole");
        assertThat(folder.resolve("settings.json")).exists();
    }

    @Test
    void aSignalEndsTrainingAndKeepsWhatThereIs() throws IOException, InterruptedException {
        Path begun = folder.resolve("begun");
        // as whoever stops a script with all its processes does: timeout passes a signal on to its process group
        Process process = checkout.start(
                Map.of("SLOW", begun.toString()), "timeout", "60", "/bin/bash", "tools/gpu/train", "--rehearse");
        for (int i = 0; i < 300 && !Files.exists(begun); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(begun).as(checkout.printed()).exists();

        process.destroy();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(checkout.printed()).isNotZero();
        assertThat(outcome("train")).isEqualTo("interrupted");
        assertThat(part("train").get("steps").getAsInt()).isEqualTo(5);
        assertThat(outcome("keep")).isEqualTo("passed");
        assertThat(folder.resolve("target/gpu-results/train/discriminator.tar.gz.00"))
                .isNotEmptyFile();
    }

    /** The signal comes while the run is copied, between the kernels that have faulted and those that were to go on. */
    @Test
    void afterASignalNoFaultIsNamed() throws IOException, InterruptedException {
        checkout.executable("bin/cp", """
                #!/bin/sh
                [ "$1" != -r ] || kill -TERM $PPID
                PATH=${PATH#*:} exec cp "$@"
                """);
        Map<String, String> environment = Map.of("MIDWAY", "own", "FAULTED", "jelectra: kernel last faulted: 700");
        checkout.rehearse(1, environment);

        assertThat(outcome("keep")).isEqualTo("passed");
        assertThat(checkout.parts()).doesNotContainKey("train-fault");
    }

    @Test
    void tooLittleTimeIsSaid() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("PACE", "1e"), "--keep", "none");

        assertThat(checkout.printed()).contains("steps, at least 10 are needed");
    }

    @Test
    void withoutAModelItFails() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of(), "--minutes", "0.02");

        assertThat(checkout.printed()).contains("no model has been trained");
    }
}
