package org.jelectra.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Map;
import org.jelectra.backend.check.KernelSurvey;
import org.jelectra.backend.check.SurveyedKernel;
import org.jelectra.cli.CommandRunner;
import org.junit.jupiter.api.Test;

class KernelsCommandTest {

    @Test
    void tellsWhatAKernelCosts() {
        CommandRunner.Result result = CommandRunner.run("kernels", "adamw");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .startsWith("kernel ")
                .containsPattern("(?m)^adamw +\\d+ +\\d+ +1\\.0\\d\\d +0 +- +\\d+/\\d+ +\\d+/\\d+ +0/0$");
        assertThat(result.out().lines()).hasSize(2);
        assertThat(result.code()).isZero();
    }

    @Test
    void tellsItAsJson() {
        CommandRunner.Result result = CommandRunner.run("kernels", "global_norm", "--json");

        JsonObject kernel = JsonParser.parseString(result.out())
                .getAsJsonObject()
                .get("kernels")
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject();
        assertThat(kernel.get("kernel").getAsString()).isEqualTo("global_norm");
        assertThat(kernel.get("family").getAsString()).isEqualTo("optimizer");
        assertThat(kernel.get("warpInstructions").getAsLong()).isPositive();
        assertThat(kernel.get("sectorRatio").getAsDouble()).isBetween(1.0, 1.1);
        assertThat(kernel.get("resources").getAsJsonObject().keySet()).containsExactly("sm_80", "sm_90");
        assertThat(result.code()).isZero();
    }

    @Test
    void whereTheCompilerIsMissingTheNumbersAreNotAvailable() {
        CompiledKernels missing = new CompiledKernels(Map.of(), "JCuda is not on the class path");

        SurveyedKernel adamw = KernelSurvey.run("adamw"::equals).get(0);
        assertThat(missing.each(adamw, resources -> resources.registers())).isEqualTo("n/a");
    }

    @Test
    void anUnknownNameIsWrongUsage() {
        CommandRunner.Result result = CommandRunner.run("kernels", "softplus");

        assertThat(result.err())
                .isEqualTo("jelectra kernels: no kernel has 'softplus' in its name; 'jelectra kernels' lists all"
                        + " (see jelectra kernels --help)\n");
        assertThat(result.code()).isEqualTo(2);
    }
}
