package org.jelectra.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jelectra.Golden;
import org.jelectra.backend.AdamWOptions.Segment;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.optim.LearningRateSchedule;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Five steps of the official optimizer on given gradients; every run in the file, all tensors in one arena. */
@Tag("every-jdk")
class GoldenOptimizerTest {

    private static final Pattern LAYER = Pattern.compile("\\.layer\\.(\\d+)\\.");

    /** A new backend; it is closed after use. */
    protected Backend backend() {
        return CpuBackend.create(2);
    }

    static Set<String> runs() throws IOException {
        return Golden.json("optimizer").getAsJsonObject("runs").keySet();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void parametersAndMomentsFollow(String run) throws IOException {
        JsonObject options = Golden.json("optimizer").getAsJsonObject("runs").getAsJsonObject(run);
        try (SafetensorsReader file = Golden.safetensors("optimizer");
                Workbench bench = new Workbench(backend())) {
            bench.trial(run);
            Map<String, Segment> segments = segments(file, options);
            int size = (int) segments.values().stream()
                    .mapToLong(segment -> segment.offset() + segment.length())
                    .max()
                    .orElseThrow();
            Arena arena = new Arena(bench, file, segments, size);
            Tensor parameters = arena.variable("parameters");
            arena.upload("param.", parameters);
            Tensor gradients = arena.variable("gradients");
            Tensor m = arena.variable("m");
            Tensor v = arena.variable("v");
            Tensor norm = bench.variable("norm", new double[1], 1);
            Tensor rate = bench.output("rate", 1);
            Operation measure = bench.backend().globalNorm(gradients, norm);
            Operation update = bench.backend()
                    .adamW(
                            parameters,
                            gradients,
                            m,
                            v,
                            norm,
                            new AdamWOptions(
                                    options.get("beta1").getAsDouble(),
                                    options.get("beta2").getAsDouble(),
                                    options.get("epsilon").getAsFloat(),
                                    options.get("clip_norm").getAsFloat(),
                                    rate,
                                    List.copyOf(segments.values())));

            JsonArray steps = options.getAsJsonArray("steps");
            for (int step = 1; step <= steps.size(); step++) {
                JsonObject expected = steps.get(step - 1).getAsJsonObject();
                double learningRate = schedule(options).at(step - 1);
                assertThat(learningRate).isCloseTo(expected.get("learning_rate").getAsDouble(), within(1e-12));
                bench.write(rate, new double[] {learningRate});
                arena.upload("grad" + step + ".", gradients);
                measure.run();
                double expectedNorm = expected.get("global_norm").getAsDouble();
                assertThat(bench.read(norm)[0]).isCloseTo(expectedNorm, within(1e-6 * expectedNorm));
                update.run();
                // after5: parameters after 5 steps, and so on, where the file has them
                arena.assertClose(run + ".after" + step + ".", parameters, 0, 5e-6);
                arena.assertClose(run + ".adam_m" + step + ".", m, 5e-6, 1e-10);
                arena.assertClose(run + ".adam_v" + step + ".", v, 5e-6, 1e-14);
            }
            assertThat(arena.compared).hasSizeGreaterThanOrEqualTo(5 * segments.size());
        }
    }

    private static LearningRateSchedule schedule(JsonObject options) {
        return new LearningRateSchedule(
                options.get("learning_rate").getAsDouble(),
                options.get("num_train_steps").getAsLong(),
                options.get("warmup_steps").getAsDouble(),
                options.get("lr_decay_power").getAsDouble());
    }

    /** The tensors one behind the other, each with the factors that its name asks for. */
    private static Map<String, Segment> segments(SafetensorsReader file, JsonObject options) {
        Map<String, Segment> segments = new LinkedHashMap<>();
        long offset = 0;
        for (String fullName : file.names()) {
            if (fullName.startsWith("param.")) {
                String name = fullName.substring("param.".length());
                long length = 1;
                for (long dimension : file.shape(fullName)) {
                    length *= dimension;
                }
                boolean decays = !name.contains("LayerNorm") && !name.contains("bias");
                float weightDecay = decays ? options.get("weight_decay").getAsFloat() : 0;
                segments.put(name, new Segment(offset, length, (float) rateFactor(name, options), weightDecay));
                offset += length;
            }
        }
        return segments;
    }

    private static double rateFactor(String name, JsonObject options) {
        if (options.get("layerwise_lr_decay").isJsonNull()) {
            return 1;
        }
        int layers = options.get("num_layers").getAsInt();
        Matcher layer = LAYER.matcher(name);
        int depth = name.contains("embeddings") ? 0 : layer.find() ? Integer.parseInt(layer.group(1)) + 1 : layers + 2;
        return Math.pow(options.get("layerwise_lr_decay").getAsDouble(), layers + 2 - depth);
    }

    /** Arenas of one layout. */
    private record Arena(
            Workbench bench, SafetensorsReader file, Map<String, Segment> segments, int size, List<String> compared) {

        Arena(Workbench bench, SafetensorsReader file, Map<String, Segment> segments, int size) {
            this(bench, file, segments, size, new ArrayList<>());
        }

        Tensor variable(String name) {
            return bench.variable(name, new double[size], size);
        }

        private Tensor view(Tensor arena, String name) {
            Segment segment = segments.get(name);
            return arena.view(name, segment.offset(), Shape.of((int) segment.length()));
        }

        void upload(String prefix, Tensor arena) throws IOException {
            for (String name : segments.keySet()) {
                bench.backend().upload(file.floats(prefix + name), 0, view(arena, name));
            }
        }

        /** Compares every tensor with the file's, where the file has this prefix. */
        void assertClose(String prefix, Tensor arena, double relative, double absolute) {
            for (String name : segments.keySet()) {
                if (file.contains(prefix + name)) {
                    String folder = (prefix + name).substring(0, (prefix + name).lastIndexOf('.'));
                    new GoldenTensors(file, folder, bench)
                            .assertClose(
                                    name.substring(name.lastIndexOf('.') + 1),
                                    bench.read(view(arena, name)),
                                    relative,
                                    absolute);
                    compared.add(prefix + name);
                }
            }
        }
    }
}
