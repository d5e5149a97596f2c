package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.io.EventFile;
import org.jelectra.io.EventReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {

    @TempDir
    Path directory;

    private void log(long at, long... steps) throws IOException {
        InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(1_763_950_000_250L));
        try (EventLog log = EventLog.append(directory, at, clock)) {
            for (long step : steps) {
                log.onMetrics(Metrics.step(step, 31.5, step == 20));
            }
        }
    }

    private List<EventReader.Event> scalars() throws IOException {
        List<EventReader.Event> events = new ArrayList<>();
        for (Path file : EventFile.list(directory)) {
            events.addAll(EventReader.read(file));
        }
        events.removeIf(event -> event.values().isEmpty());
        return events;
    }

    @Test
    void trainingAndHeldOutValuesAreInGroupsOfTheirOwn() throws IOException {
        log(0, 10, 20);

        List<EventReader.Event> events = scalars();
        assertThat(events).extracting(EventReader.Event::step).containsExactly(10L, 20L);
        assertThat(events).allSatisfy(event -> assertThat(event.wallTime()).isEqualTo(1_763_950_000.25));
        assertThat(events.get(0).values())
                .hasSize(15)
                .containsEntry("train/total_loss", 31.5f)
                .containsEntry("run/learning_rate", 5e-4f)
                .doesNotContainKey("eval/total_loss");
        assertThat(events.get(1).values())
                .hasSize(25)
                .containsEntry("eval/total_loss", 31.5f)
                .containsEntry("eval/discriminator_auc", 0.71f);
    }

    @Test
    void valuesThatAreNotFiniteAreLeftOut() throws IOException {
        try (EventLog log = EventLog.append(directory, 0)) {
            log.onMetrics(new StepMetrics(3, ModelMetrics.ofMaskedLm(7.5, 0.1), 1, 2, 3, 4, 5, null));
        }
        assertThat(scalars().get(0).values())
                .containsOnlyKeys(
                        "train/total_loss",
                        "train/generator_loss",
                        "train/generator_accuracy",
                        "run/gradient_norm",
                        "run/learning_rate",
                        "run/tokens_per_second",
                        "run/flops_per_second",
                        "run/elapsed_seconds");
    }

    @Test
    void aRunThatGoesOnOpensAFileOfItsOwnAndDoublesNoStep() throws IOException {
        log(0, 10, 20, 30);
        log(20, 30, 40);
        log(40, 50);

        assertThat(EventFile.list(directory)).hasSize(3);
        assertThat(scalars()).extracting(EventReader.Event::step).containsExactly(10L, 20L, 30L, 40L, 50L);
    }
}
