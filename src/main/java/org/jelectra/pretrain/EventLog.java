package org.jelectra.pretrain;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jelectra.io.EventFile;

/**
 * The metrics of a run for TensorBoard, in event files beside {@code metrics.jsonl}. The names are those of the JSON, in the
 * groups {@code train}, {@code eval} (held-out text) and {@code run} (gradient, learning rate, speed). Values that are not finite
 * are left out.
 */
public final class EventLog implements PretrainListener, AutoCloseable {

    private static final Map<String, String> GROUPS = Map.of(
            "gradient_norm", "run",
            "learning_rate", "run",
            "tokens_per_second", "run",
            "flops_per_second", "run",
            "elapsed_seconds", "run");

    private final EventFile events;
    private final InstantSource clock;

    private EventLog(EventFile events, InstantSource clock) {
        this.events = events;
        this.clock = clock;
    }

    /**
     * Opens a new file of the run in {@code directory}, which must exist. What its former files hold of later steps than {@code
     * step}, at which the run stands, is cut off; -1 where nothing is logged yet, not even of the weights that it begins with.
     */
    public static EventLog append(Path directory, long step) throws IOException {
        return append(directory, step, InstantSource.system());
    }

    static EventLog append(Path directory, long step, InstantSource clock) throws IOException {
        EventFile.truncate(directory, step);
        return new EventLog(EventFile.create(directory, seconds(clock), step), clock);
    }

    private static double seconds(InstantSource clock) {
        return clock.millis() * 1e-3;
    }

    @Override
    public void onMetrics(StepMetrics metrics) throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        MetricsJson.values(metrics).forEach((name, value) -> {
            if (Double.isFinite(value)) {
                values.put(tag(name), value);
            }
        });
        events.add(seconds(clock), metrics.step(), values);
    }

    private static String tag(String name) {
        return name.startsWith(MetricsJson.EVALUATION)
                ? "eval/" + name.substring(MetricsJson.EVALUATION.length())
                : GROUPS.getOrDefault(name, "train") + "/" + name;
    }

    @Override
    public void close() throws IOException {
        events.close();
    }
}
