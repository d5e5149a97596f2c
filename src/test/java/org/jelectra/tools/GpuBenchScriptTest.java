package org.jelectra.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tools/gpu/bench --rehearse} with a Java and a Python that write given numbers: what it makes of them. */
class GpuBenchScriptTest {

    private static final String JAVA = """
            #!/bin/sh
            command= json= output= kernels=own
            while [ $# -gt 0 ]; do
                case $1 in
                    -Djelectra.cuda.kernels=compute_80) kernels=general ;;
                    bench | pretrain) command=$1 ;;
                    --operations) command=operations ;;
                    --json) json=$2 ;;
                    --output) output=$2 ;;
                    --max-steps) steps=$2 ;;
                esac
                shift
            done
            [ -z "$output" ] || mkdir -p "$output"
            case " $FAULTS " in
                *" $command-$kernels "*)
                    # once: what runs again does not fail
                    [ -n "$ONCE" ] && [ -e "$0.failed" ] || { touch "$0.failed"; echo "${SAYS:-a kernel faults}" >&2; exit 1; }
                    ;;
            esac
            [ "$KILLED" != "$command-$kernels" ] || { echo '{"step":6}' >"$output/metrics.jsonl"; kill -9 $$; }
            [ -z "$DEAF" ] || trap '' TERM
            [ "$SLOW" != "$command" ] || sleep 100
            case $command in
                bench)
                    cat >"$json" <<'JSON'
            {
              "device": "NVIDIA H200",
              "preset": "small",
              "precision": "float32",
              "batch": 2,
              "sequence_length": 32,
              "p20_ms": 9.5,
              "p50_ms": 10.0,
              "p80_ms": 11.0,
              "tokens_per_s": 6400.0,
              "flops_per_step": 2.0E9,
              "flops_per_s": 2.0E11
            }
            JSON
                    ;;
                operations)
                    cat >"$json" <<'JSON'
            {
              "preset": "small",
              "precision": "float32",
              "evicted_bytes": 64,
              "operations": [
                {
                  "operation": "linear",
                  "shapes": "[64, 256]"
                },
                {
                  "operation": "gelu",
                  "shapes": "2x[64]"
                }
              ]
            }
            JSON
                    ;;
                pretrain)
                    # of two runs the second may be short of time
                    [ -e "$0.first" ] && last=${SECOND_ENDS_AT:-$steps} || last=$steps
                    touch "$0.first"
                    for step in 6 7 8 9 10; do
                        [ $step -gt "$last" ] ||
                            echo "{\\"step\\":$step,\\"elapsed_seconds\\":$step,\\"generator_loss\\":5.$step,\\"discriminator_loss\\":0.5}"
                    done >"$output/metrics.jsonl"
                    ;;
            esac
            """;

    /** Of two operations one does not run. */
    private static final String PYTHON = """
            #!/bin/sh
            [ "$1" = -c ] && { echo 9.9 | tee -a "$0.imports"; [ "$NO_TORCH" != killed ] || kill -9 $$; exit "${NO_TORCH:-0}"; }
            program=$1
            while [ "$1" != --json ]; do shift; done
            case $program in
                *curand)
                    echo '{"operation": "dropout", "shapes": "[64, 256]", "uniforms_of_ours": 0.25}' >>"$2"
                    ;;
                *pytorch-operations)
                    {
                        echo '{"operation": "linear", "shapes": "[64, 256]", "cold_us": {"p50": 3.0}, "ratio": 1.5}'
                        echo '{"operation": "gelu", "shapes": "2x[64]", "error": "no kernel"}'
                    } >>"$2"
                    exit "${PEER_ENDS:-0}"
                    ;;
                *) echo '{"mode": "eager", "dtype": "fp32", "median_ms": 15.0, "gflop_per_step": 2.0}' >>"$2" ;;
            esac
            """;

    @TempDir
    private Path folder;

    private GpuCheckout checkout;

    @BeforeEach
    void fakeBundle() throws IOException, InterruptedException {
        checkout = new GpuCheckout(folder, JAVA, "bench");
        checkout.executable("python", PYTHON);
    }

    private void rehearse(int status, Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        Map<String, String> all = new TreeMap<>(environment);
        all.put("PYTHON", folder.resolve("python").toString());
        checkout.rehearse(status, all, options);
    }

    @Test
    void everyPartLeavesItsNumbers() throws IOException, InterruptedException {
        rehearse(0, Map.of());

        Map<String, JsonObject> parts = checkout.parts();
        assertThat(parts.keySet())
                .containsExactlyInAnyOrder(
                        "small-bf16",
                        "small-bf16-compute-80",
                        "small-float32",
                        "base-bf16",
                        "base-bf16-compute-80",
                        "operations",
                        "pytorch",
                        "curand",
                        "curves");
        assertThat(parts.values())
                .allSatisfy(
                        part -> assertThat(part.get("outcome").getAsString()).isEqualTo("passed"));
        assertThat(parts.values().stream()
                        .mapToInt(part -> part.get("limit_seconds").getAsInt())
                        .sum())
                .as("seconds of all parts together")
                .isLessThan(600);
        assertThat(parts.get("small-bf16").get("p50_ms").getAsDouble()).isEqualTo(10);
        // where nvidia-smi is missing, Java has told which device it is
        assertThat(parts.get("base-bf16").get("share_of_bf16_peak").getAsDouble())
                .isEqualTo(2e11 / 989e12, within(1e-4));
        assertThat(parts.get("small-float32").has("share_of_bf16_peak")).isFalse();
        assertThat(parts.get("curves").get("steps").getAsInt()).isEqualTo(10);
        assertThat(checkout.results().get("failed")).hasToString("[]");
        assertThat(checkout.printed())
                .contains(
                        "gpu/bench: 9 parts passed, 0 failed, 0 only with the general kernels; exit code 0\n",
                        "kernels: the device's own have failed nowhere that the general ones pass\n");
        JsonObject operations = parts.get("operations");
        assertThat(operations.get("preset").getAsString()).isEqualTo("small");
        assertThat(operations.get("operations").getAsInt()).isEqualTo(2);
        assertThat(operations.get("ratios")).hasToString("{\"linear [64, 256]\":1.500}");
        assertThat(operations.get("failed_in_pytorch")).hasToString("[\"gelu 2x[64]\"]");
        assertThat(parts.get("curand").get("uniforms_of_ours")).hasToString("{\"dropout [64, 256]\":0.250}");
        assertThat(parts.get("pytorch").get("ratio").getAsDouble()).isEqualTo(1.5);
        assertThat(folder.resolve("python.imports"))
                .as("PyTorch is looked for once")
                .hasContent("9.9");
        Path results = checkout.output();
        assertThat(results.toFile().list()).containsExactlyInAnyOrder("results.json", "logs.tar.gz");
        assertThat(checkout.run(
                        Map.of(),
                        "tar",
                        "-C",
                        results.toString(),
                        "-xzf",
                        results.resolve("logs.tar.gz").toString()))
                .isZero();
        assertThat(results.resolve("measurements"))
                .isDirectoryContaining("glob:**bench-operations.json")
                .isDirectoryContaining("glob:**bench-small-bf16.json")
                .isDirectoryContaining("glob:**pytorch-operations.jsonl")
                .isDirectoryContaining("glob:**curve-second.jsonl");
    }

    @Test
    void whatFailsWithTheDevicesOwnKernelsRunsWithTheGeneralOnes() throws IOException, InterruptedException {
        rehearse(3, Map.of("FAULTS", "bench-own", "NO_TORCH", "1"));

        Map<String, JsonObject> parts = checkout.parts();
        assertThat(parts.get("small-bf16").get("outcome").getAsString()).isEqualTo("failed");
        assertThat(parts.keySet()).contains("small-bf16-compute-80").doesNotContain("base-bf16-compute-80");
        for (String general : List.of("small-bf16-compute-80", "operations", "base-bf16", "curves")) {
            assertThat(parts.get(general).get("outcome").getAsString()).isEqualTo("passed");
            assertThat(parts.get(general).get("kernels").getAsString()).isEqualTo("compute_80");
        }
        assertThat(checkout.printed())
                .contains(
                        "from here on with the general kernels",
                        "failed with the device's own kernels: small-bf16: a kernel faults\n",
                        "kernels: the device's own fail (small-bf16); the general ones (compute_80) pass there\n",
                        "next: tools/gpu/train --kernels compute_80;");
        JsonObject operations = parts.get("operations");
        assertThat(operations.get("operations").getAsInt())
                .as("timed without PyTorch too")
                .isEqualTo(2);
        assertThat(operations.get("no_peer").getAsString()).endsWith("python has no torch that can be imported");
        assertThat(operations.has("ratios")).isFalse();
    }

    /** One part needs the general kernels, another fails with these too, a third is short of time: all of it is said. */
    @Test
    void whatFailsAndWhatNeededTheGeneralKernelsIsToldApart() throws IOException, InterruptedException {
        rehearse(1, Map.of("FAULTS", "operations-own operations-general pretrain-own", "SECOND_ENDS_AT", "8"));

        JsonObject operations = checkout.parts().get("operations");
        assertThat(operations.get("outcome").getAsString()).isEqualTo("failed");
        assertThat(operations.get("error").getAsString()).isEqualTo("a kernel faults");
        JsonObject curves = checkout.parts().get("curves");
        assertThat(curves.get("outcome").getAsString()).isEqualTo("passed");
        assertThat(curves.get("default_kernels").getAsString()).isEqualTo("failed");
        assertThat(curves.get("kernels").getAsString()).isEqualTo("compute_80");
        assertThat(curves.get("steps").getAsInt()).isEqualTo(8);
        assertThat(curves.get("of").getAsInt()).isEqualTo(10);
        assertThat(curves.get("largest_relative_difference").getAsDouble()).isZero();
        assertThat(checkout.parts().get("base-bf16").has("kernels")).isFalse();
        assertThat(checkout.parts().get("curand").get("reason").getAsString())
                .isEqualTo("the part operations has no times to compare with");
        assertThat(checkout.results().get("failed")).hasToString("[\"operations\"]");
        assertThat(checkout.results().get("general_kernels_needed")).hasToString("[\"curves\"]");
        assertThat(checkout.results().get("exit_code").getAsInt()).isEqualTo(1);
        assertThat(checkout.printed())
                .contains(
                        "failed with the device's own kernels: curves: a kernel faults\n",
                        "failed: operations: a kernel faults\n",
                        "next: read logs/operations-default-kernels.log in logs.tar.gz; tools/gpu/train --kernels compute_80;");
    }

    /** What goes wrong in PyTorch must not look as if the device's own kernels did. */
    @Test
    void operationsThatPyTorchDoesNotEndAreTimedAllTheSame() throws IOException, InterruptedException {
        rehearse(0, Map.of("PEER_ENDS", "9"));

        JsonObject operations = checkout.parts().get("operations");
        assertThat(operations.get("outcome").getAsString()).isEqualTo("passed");
        assertThat(operations.has("kernels")).isFalse();
        assertThat(operations.get("no_peer").getAsString())
                .isEqualTo("tools/gpu/pytorch-operations ended with the exit code 9, after 2 operations");
        assertThat(operations.get("ratios")).hasToString("{\"linear [64, 256]\":1.500}");
    }

    @Test
    void aPartThatNeedsMoreThanIsLeftIsCutShortAndTheNextAreLeftOut() throws IOException, InterruptedException {
        rehearse(0, Map.of("SLOW", "bench", "DEAF", "1"), "--minutes", "0.1");

        Map<String, JsonObject> parts = checkout.parts();
        JsonObject first = parts.remove("small-bf16");
        assertThat(first.get("outcome").getAsString()).isEqualTo("cut short");
        assertThat(first.get("limit_seconds").getAsInt()).isLessThan(7);
        assertThat(first.get("reason").getAsString())
                .as("not what bash says of one that is killed")
                .isEqualTo("cut short, at the end: no output");
        assertThat(parts.values()).isNotEmpty().allSatisfy(part -> {
            assertThat(part.get("outcome").getAsString()).isEqualTo("left out");
            assertThat(part.get("reason").getAsString()).isEqualTo("no time is left for it");
        });
        assertThat(checkout.printed())
                .contains("not run to the end: small-bf16 (cut short), small-bf16-compute-80 (left out)");
    }

    /** The first of both curves has half of the time, and ends before the part's is over. */
    @Test
    void curvesForWhichTooLittleTimeIsLeftAreCutShort() throws IOException, InterruptedException {
        rehearse(0, Map.of("SLOW", "pretrain"), "--minutes", "0.3");

        assertThat(checkout.parts().get("curves").get("outcome").getAsString()).isEqualTo("cut short");
    }

    @Test
    void whatIsKilledHasNotRunOutOfTime() throws IOException, InterruptedException {
        rehearse(1, Map.of("KILLED", "pretrain-own"));

        JsonObject curves = checkout.parts().get("curves");
        assertThat(curves.get("outcome").getAsString()).isEqualTo("failed");
        assertThat(curves.has("kernels")).isFalse();
        assertThat(curves.get("first_try_error").getAsString())
                .isEqualTo("jelectra: killed from outside, probably for want of memory (see dmesg)");
        assertThat(checkout.results().get("failed")).hasToString("[\"curves\"]");
        assertThat(checkout.results().get("general_kernels_needed")).hasToString("[]");
    }

    @Test
    void aTorchThatIsKilledIsNotSaidToBeMissing() throws IOException, InterruptedException {
        rehearse(0, Map.of("NO_TORCH", "killed"));

        assertThat(checkout.parts().get("operations").get("no_peer").getAsString())
                .isEqualTo("importing torch was killed from outside");
    }

    @ParameterizedTest
    @CsvSource({"bench-own, small-bf16", "pretrain-own, curves"})
    void whatTheDeviceDoesWrongIsNoFailureOfItsKernels(String fails, String part)
            throws IOException, InterruptedException {
        String says = "jelectra: the device failed: CUDA_ERROR_ECC_UNCORRECTABLE (214)";
        rehearse(1, Map.of("FAULTS", fails, "SAYS", says, "ONCE", "1"));

        JsonObject again = checkout.parts().get(part);
        assertThat(again.get("outcome").getAsString()).isEqualTo("passed");
        assertThat(again.get("first_try_error").getAsString()).isEqualTo(says);
        for (String own : List.of(part, "base-bf16", "operations", "small-float32")) {
            assertThat(checkout.parts().get(own).has("kernels")).as(own).isFalse();
        }
        assertThat(checkout.results().get("failed")).hasToString("[\"" + part + "\"]");
        assertThat(checkout.results().get("general_kernels_needed")).hasToString("[]");
        assertThat(checkout.printed())
                .contains(
                        "failed: " + part + ": " + says + "\n",
                        "next: read logs/" + part + "-first-try.log in logs.tar.gz; ");
    }

    /** Without {@code --rehearse}, as a rehearsal does not look at the device. */
    @Test
    void ofSeveralDevicesTheVisibleOneIsDescribed() throws IOException, InterruptedException {
        checkout.executable(
                "bin/nvidia-smi",
                "#!/bin/sh\n[ \"$1 $2\" = '-i 1' ] || exit 1\necho \"NVIDIA H100 PCIe by $CUDA_DEVICE_ORDER\"\n");
        Map<String, String> environment = Map.of(
                "CUDA_VISIBLE_DEVICES",
                "1,0",
                "PYTHON",
                folder.resolve("python").toString());
        assertThat(checkout.run(environment, "/bin/bash", "tools/gpu/bench", "--minutes", "1"))
                .as(checkout.printed())
                .isZero();

        assertThat(checkout.results().get("gpu").getAsString()).isEqualTo("NVIDIA H100 PCIe by PCI_BUS_ID");
        assertThat(checkout.parts().get("small-bf16").has("share_of_bf16_peak"))
                .as("the peak of the device that Java names")
                .isTrue();
    }

    /** With one capability of its own, and without. */
    @ParameterizedTest
    @CsvSource({"8.6, false", "12.0, false", "9.0, true", "N/A, true"})
    void whereNoKernelsAreTheDevicesOwnNothingRunsTwice(String capability, boolean twice)
            throws IOException, InterruptedException {
        checkout.executable(
                "bin/nvidia-smi",
                "#!/bin/sh\ncase $* in *compute_cap*) echo " + capability + " ;; *) echo NVIDIA GPU ;; esac\n");
        Map<String, String> environment =
                Map.of("PYTHON", folder.resolve("python").toString());
        assertThat(checkout.run(environment, "/bin/bash", "tools/gpu/bench", "--minutes", "1"))
                .as(checkout.printed())
                .isZero();

        assertThat(checkout.parts().keySet().contains("small-bf16-compute-80")).isEqualTo(twice);
        assertThat(checkout.parts().get("small-bf16").has("kernels")).isNotEqualTo(twice);
    }

    /** CUDA takes a MIG device's name, which the queries of nvidia-smi do not. */
    @Test
    void aDeviceThatNvidiaSmiCannotNameIsDescribedWithoutItsName() throws IOException, InterruptedException {
        checkout.executable("bin/nvidia-smi", "#!/bin/sh\n[ \"$1\" != -i ] || exit 6\necho NVIDIA H200\n");
        Map<String, String> environment = Map.of("CUDA_VISIBLE_DEVICES", "MIG-1234");
        rehearse(0, environment);

        assertThat(checkout.results().get("gpu").getAsString()).isEqualTo("NVIDIA H200");
    }

    /** The status is what {@code timeout} makes of one that hangs. */
    @Test
    void anNvidiaSmiThatHangsIsAskedOnce() throws IOException, InterruptedException {
        checkout.executable("bin/nvidia-smi", "#!/bin/sh\necho asked >>\"$0.log\"\nexit 124\n");
        Map<String, String> environment =
                Map.of("PYTHON", folder.resolve("python").toString());
        assertThat(checkout.run(environment, "/bin/bash", "tools/gpu/bench", "--minutes", "1"))
                .as(checkout.printed())
                .isZero();

        assertThat(folder.resolve("bin/nvidia-smi.log")).hasContent("asked");
        assertThat(checkout.results().get("gpu").getAsString()).isEqualTo("nvidia-smi does not answer");
    }

    @Test
    void wrongOptionsAreNamed() throws IOException, InterruptedException {
        rehearse(2, Map.of(), "--kernels", "sm_90a");
        assertThat(checkout.printed()).isEqualTo("gpu/bench: --kernels can be compute_80, got 'sm_90a'\n");
        rehearse(2, Map.of(), "--minutes", "soon");
        assertThat(checkout.printed()).isEqualTo("gpu/bench: --minutes needs a number, got 'soon'\n");
        rehearse(2, Map.of(), "--hours", "1");
        assertThat(checkout.printed())
                .isEqualTo(
                        "gpu/bench: unknown argument '--hours'; there are --rehearse --kernels --minutes --output\n");
    }
}
