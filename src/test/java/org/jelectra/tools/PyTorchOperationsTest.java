package org.jelectra.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jelectra.backend.check.Trial;
import org.jelectra.electra.Preset;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.bench.StepOperations;
import org.junit.jupiter.api.Test;

/** Whatever {@code jelectra bench --operations} times has a peer in {@code tools/gpu/pytorch-operations}, and the other way round. */
class PyTorchOperationsTest {

    @Test
    void everyOperationHasAPeer() throws IOException {
        String script = Files.readString(Path.of("tools/gpu/pytorch-operations"));
        Set<String> peers = Pattern.compile("^ {4}\"([^\"]+)\": ", Pattern.MULTILINE)
                .matcher(script.substring(script.indexOf("\nOPERATIONS = {")))
                .results()
                .map((MatchResult entry) -> entry.group(1))
                .collect(Collectors.toSet());

        assertThat(peers)
                .isEqualTo(StepOperations.of(PretrainSettings.of(Preset.SMALL, 30_522), 1_000, words -> words).stream()
                        .map(Trial::name)
                        .collect(Collectors.toSet()));
    }
}
