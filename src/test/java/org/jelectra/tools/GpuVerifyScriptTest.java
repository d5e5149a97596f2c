package org.jelectra.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/gpu/verify --rehearse} with a Java that prints what a device may lead to: what it says of it. */
class GpuVerifyScriptTest {

    private static final String JAVA = """
            #!/bin/bash
            case " $* " in
                *" doctor "*)
                    [ -z "$SLOW" ] || sleep 100
                    if [ -n "$MANY" ]; then
                        echo '  "problems": ['
                        seq -f '    "problem number %.0f of very many, which a pipe does not hold all at once",' $MANY
                        sleep 100
                    fi
                    cat <<'JSON'
            {
              "ok": false,
              "checks": [
                {
                  "subject": "cuda bf16",
                  "operations": [
                    {
                      "operation": "linear",
                      "error": 0.5
                    }
                  ]
                }
              ],
              "problems": [
                "cuda bf16: linear of ODD: y differs by 0.5",
                "cuda bf16: gelu of ODD: y differs by 0.4"
              ],
              "remarks": []
            }
            JSON
                    exit 1
                    ;;
                *TrainingSimulatedTest*)
                    echo "JUnit Jupiter > TrainingSimulatedTest > descends() :: STARTED"
                    echo "JUnit Jupiter > TrainingSimulatedTest > descends() :: SUCCESSFUL"
                    echo "JUnit Jupiter > TrainingSimulatedTest > bits(DType) > [1] FLOAT32 :: STARTED"
                    [ -z "$HANG" ] || sleep 100
                    echo "JUnit Jupiter > TrainingSimulatedTest > bits(DType) > [1] FLOAT32 :: FAILED"
                    suspect=last
                    case " $* " in
                        *compute_80*) [ -z "$GENERAL" ] || { echo "$GENERAL"; exit 0; } ;;
                        *synchronous=true*) suspect=culprit ;;
                    esac
                    printf '\tjava.lang.IllegalStateException: kernel %s faulted: 700\n\t\tat Some.where(Some.java:1)\n' $suspect
                    ;;
                *compute_80*GoldenOptimizerSimulatedTest*) exit 1 ;;
                *GoldenOptimizerSimulatedTest*) exit 0 ;;
            esac
            exit 1
            """;

    @TempDir
    private Path folder;

    private GpuCheckout checkout;

    @BeforeEach
    void fakeBundle() throws IOException, InterruptedException {
        checkout = new GpuCheckout(folder, JAVA, "verify");
        Path test = Files.createDirectories(folder.resolve("target/gpu/test/classes"));
        assertThat(checkout.run(Map.of(), "tar", "-C", test.toString(), "-czf", test + ".tar.gz", "."))
                .isZero();
    }

    @Test
    void whatTheDoctorFindsIsSaid() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of());

        JsonObject doctor = checkout.parts().get("doctor");
        assertThat(doctor.get("outcome").getAsString()).isEqualTo("failed");
        assertThat(doctor.get("error").getAsString()).isEqualTo("jelectra: cuda bf16: linear of ODD: y differs by 0.5");
        assertThat(checkout.printed())
                .contains(
                        "failed: doctor: jelectra: cuda bf16: linear of ODD: y differs by 0.5\n",
                        "next: read logs/doctor-default-kernels.log in logs.tar.gz; nevertheless ");
    }

    @Test
    void theFirstTestThatFailsIsNamed() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of());

        assertThat(checkout.printed())
                .contains("failed: tests: TrainingSimulatedTest > bits(DType) > [1] FLOAT32:"
                        + " java.lang.IllegalStateException: kernel last faulted: 700;"
                        + " when every kernel is waited for: TrainingSimulatedTest > bits(DType) > [1] FLOAT32:"
                        + " java.lang.IllegalStateException: kernel culprit faulted: 700\n");
    }

    /** The other class would fail with the general kernels. */
    @Test
    void withTheGeneralKernelsTheTestsThatFailedRunAgain() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("GENERAL", "fine"));

        assertThat(checkout.parts().get("tests-compute-80").get("outcome").getAsString())
                .isEqualTo("passed");
        assertThat(checkout.results().get("general_kernels_needed")).hasToString("[\"tests\"]");
        assertThat(checkout.printed())
                .contains(
                        "from here on with the general kernels",
                        "failed with the device's own kernels: tests: TrainingSimulatedTest",
                        "when every kernel is waited for: TrainingSimulatedTest");
    }

    /** The doctor, which was not run again. */
    private JsonObject timedOutOnce() throws IOException {
        JsonObject doctor = checkout.parts().get("doctor");
        assertThat(doctor.get("outcome").getAsString()).isEqualTo("timed out");
        assertThat(doctor.has("kernels")).as("runs again").isFalse();
        return doctor;
    }

    @Test
    void aTimeLimitSaysNothingAboutTheKernels() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("SLOW", "1"), "--minutes", "0.1");

        timedOutOnce();
        assertThat(checkout.results().get("general_kernels_needed")).hasToString("[]");
    }

    @Test
    void aDoctorThatHangsIsTimedOutHoweverMuchItHasFound() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("MANY", "10000"), "--minutes", "0.2");

        assertThat(timedOutOnce().get("error").getAsString()).contains("jelectra: problem number 1 of");
    }

    @Test
    void aJavaThatDoesNotStartIsNoFailureOfTheGpu() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("VERSION_ENDS", "127"));

        assertThat(checkout.printed())
                .isEqualTo(
                        "gpu/verify: the bundled Java does not start here: no libz.so.1; or no libc.so.6; tools/gpu/bundle says"
                                + " which glibc it needs, and takes the JDK in JAVA_HOME\n");
    }

    @Test
    void aTestThatHangsIsNamed() throws IOException, InterruptedException {
        checkout.rehearse(1, Map.of("HANG", "1"), "--minutes", "0.1");

        JsonObject tests = checkout.parts().get("tests");
        assertThat(tests.get("outcome").getAsString()).isEqualTo("cut short");
        assertThat(tests.get("reason").getAsString())
                .isEqualTo("cut short, at the end: TrainingSimulatedTest > bits(DType) > [1] FLOAT32");
    }
}
