package org.jelectra.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jelectra.io.EventFile;
import org.jelectra.io.EventReader;
import org.jelectra.io.SnapshotReader;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.SnapshotFolder;
import org.jelectra.pretrain.StepMetrics;

/**
 * Everything that two finished runs could differ in, but for times: the last snapshot's weights and moments, the metrics, the
 * steps that TensorBoard sees.
 */
public record FinishedRun(Map<String, List<Byte>> state, List<StepMetrics> metrics, List<Long> events) {

    public static FinishedRun read(Path directory, int steps) throws IOException {
        Map<String, List<Byte>> state = new TreeMap<>();
        try (SnapshotReader reader = SnapshotReader.open(new SnapshotFolder(directory).file(steps))) {
            for (String section : List.of("parameters", "first_moments", "second_moments", "predictions")) {
                List<Byte> bytes = new ArrayList<>();
                reader.read(section, (position, chunk) -> {
                    while (chunk.hasRemaining()) {
                        bytes.add(chunk.get());
                    }
                });
                state.put(section, bytes);
            }
        }
        List<Long> events = new ArrayList<>();
        for (Path file : EventFile.list(directory)) {
            EventReader.read(file).stream()
                    .filter(event -> !event.values().isEmpty())
                    .forEach(event -> events.add(event.step()));
        }
        return new FinishedRun(
                state,
                MetricsLog.read(directory).stream()
                        .map(FinishedRun::withoutTimes)
                        .toList(),
                events);
    }

    private static StepMetrics withoutTimes(StepMetrics m) {
        return new StepMetrics(m.step(), m.training(), m.gradientNorm(), m.learningRate(), 0, 0, 0, m.evaluation());
    }
}
