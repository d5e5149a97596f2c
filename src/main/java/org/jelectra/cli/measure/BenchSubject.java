package org.jelectra.cli.measure;

import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.Locale;
import org.jelectra.backend.Backend;
import org.jelectra.electra.Preset;
import org.jelectra.io.Release;
import org.jelectra.pretrain.PretrainSettings;

/**
 * What {@code jelectra bench} measures.
 *
 * @param settings sizes of the step
 * @param warmup runs before the timed ones
 * @param steps timed runs
 */
record BenchSubject(
        String backend,
        String device,
        String precision,
        Preset preset,
        PretrainSettings settings,
        int warmup,
        int steps) {

    static BenchSubject of(Backend backend, Preset preset, PretrainSettings settings, int warmup, int steps) {
        return new BenchSubject(
                backend.name(), backend.description(), backend.valueType().label(), preset, settings, warmup, steps);
    }

    void print(PrintStream out) {
        out.println("backend   " + backend + ": " + device);
        out.printf(
                Locale.ROOT,
                "step      %s, %s, %s, %d x %d tokens%n",
                preset.label(),
                settings.model().objective(),
                precision,
                settings.batchSize(),
                settings.sequenceLength());
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("jelectra", Release.version());
        json.addProperty("backend", backend);
        json.addProperty("device", device);
        json.addProperty("precision", precision);
        json.addProperty("preset", preset.label());
        json.addProperty("objective", settings.model().objective().toString());
        json.addProperty("batch", settings.batchSize());
        json.addProperty("sequence_length", settings.sequenceLength());
        json.addProperty("warmup", warmup);
        json.addProperty("steps", steps);
        return json;
    }
}
