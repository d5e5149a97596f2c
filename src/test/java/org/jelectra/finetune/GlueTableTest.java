package org.jelectra.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.backend.ComputedBy;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.io.Json;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GlueTableTest {

    @TempDir
    private Path directory;

    /** Their median is one of fewer seeds than the row's. */
    @Test
    void seedsThatDivergedAreCounted() throws IOException {
        List<SeedResult> seeds = Stream.of(1, 2)
                .map(seed -> new SeedResult(
                        seed,
                        "seed-" + seed,
                        new Evaluation("accuracy", Map.of("accuracy", 0.75), seed == 1),
                        3,
                        0.75,
                        3,
                        6,
                        1,
                        new ComputedBy("cpu", "vector", DType.FLOAT32)))
                .toList();
        GlueTable table = new GlueTable("runs/small", SequenceHead.HUGGINGFACE, false);
        JsonObject settings = Json.parse("{\"hiddenSize\": 32}", "settings");
        table.add("CoLA", seeds, 0, settings);
        table.add("RTE", seeds, 1, settings);
        table.write(directory);
        assertThat(table.markdown())
                .contains("| 75.0 ± 0.0 (1 degenerate) |", "| 75.0 ± 0.0 (1 degenerate) (1 diverged) |");
        JsonObject tasks = Json.read(directory.resolve(GlueTable.JSON)).getAsJsonObject("tasks");
        assertThat(tasks.getAsJsonObject("CoLA").get("diverged_runs").getAsInt())
                .isZero();
        assertThat(tasks.getAsJsonObject("RTE").get("diverged_runs").getAsInt()).isEqualTo(1);
    }
}
