package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Preset;
import org.jelectra.io.ChangedSnapshot;
import org.jelectra.io.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that are in files already: they are read as what they were, or refused by the name of what they lack. */
class OlderSettingsTest {

    private static final String EXPECTED = ": expected the \"settings\" of a run as 'jelectra pretrain' writes them: ";
    private static final String MISSING = " is missing, as in what an older version of jelectra has written";

    @TempDir
    private Path directory;

    private Path file;

    /** The file of {@code jelectra pretrain --max-steps 6 --batch 4 --sequence-length 32 --eval-sequences 8}. */
    @BeforeEach
    void write() throws IOException {
        file = directory.resolve(RunSoFar.SETTINGS);
        try (InputStream written = OlderSettingsTest.class.getResourceAsStream("settings-0.1.0.json")) {
            Files.write(file, Objects.requireNonNull(written).readAllBytes());
        }
    }

    @Test
    void settingsOfTheFirstVersionAreRead() throws IOException {
        PretrainSettings expected = SmallRun.with(
                PretrainSettings.of(Preset.TINY, 1000, Objective.ELECTRA)
                        .withSteps(6)
                        .withBatch(4, 1, 32),
                "evaluationSequences",
                8);
        assertThat(RunSoFar.settings(directory)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "weightDecay, ''",
        "seed, ''",
        "masking, ''",
        "wholeWords, masking",
        "temperature, objective",
        "objective, model",
        "generator, model"
    })
    void whatIsMissingIsNamed(String name, String parent) throws IOException {
        JsonObject json = Json.read(file);
        JsonObject settings = json.getAsJsonObject("settings");
        JsonObject changed = parent.isEmpty() ? settings : settings.getAsJsonObject(parent);
        String path = parent.isEmpty() ? name : parent + "." + name;
        assertThat(changed.remove(name)).isNotNull();
        refused(json, path + MISSING);
        changed.add(name, JsonNull.INSTANCE);
        refused(json, path + MISSING);
    }

    private void refused(JsonObject json, String reason) throws IOException {
        Files.writeString(file, json.toString());
        assertThatIOException().isThrownBy(() -> RunSoFar.settings(directory)).withMessage(file + EXPECTED + reason);
    }

    @Test
    void aConstantThatIsNoneIsNamed() throws IOException {
        JsonObject json = Json.read(file);
        json.getAsJsonObject("settings").getAsJsonObject("model").addProperty("sharing", "SOME");
        refused(json, "model.sharing: expected one of [NONE, EMBEDDINGS, ALL], found \"SOME\"");
    }

    @Test
    void aFileWithoutSettingsIsRefused() throws IOException {
        JsonObject json = Json.read(file);
        json.remove("settings");
        refused(json, "found nothing");
    }

    @Test
    void aSnapshotThatLacksOneIsRefused() throws IOException {
        Path snapshot = directory.resolve("a.snapshot");
        List<String> sections = List.of("parameters", "first_moments", "second_moments", "predictions");
        try (Backend backend = CpuBackend.create(1)) {
            Snapshot.write(
                    snapshot,
                    new Pretrainer(backend, SmallRun.settings(1), SmallText.pack(directory, 1), SmallRun.vocabulary()));
        }
        ChangedSnapshot.change(
                snapshot,
                sections,
                content -> content.getAsJsonObject("settings").remove("weightDecay"));
        assertThatIOException()
                .isThrownBy(() -> Snapshot.open(snapshot))
                .withMessage(snapshot + ": not understood: settings.weightDecay" + MISSING);
    }
}
