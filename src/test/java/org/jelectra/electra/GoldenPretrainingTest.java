package org.jelectra.electra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.jelectra.Golden;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.optim.AdamW;
import org.jelectra.optim.LearningRateSchedule;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole pre-training steps against a float64 reference: hidden states, logits, sampled tokens, losses, every gradient, and
 * parameters and moments after several updates, with the tolerances of a float32 backend.
 */
@Tag("every-jdk")
class GoldenPretrainingTest {

    /** A new backend; it is closed after use. */
    protected Backend backend() {
        return CpuBackend.create(2);
    }

    static Stream<String> files() throws IOException {
        try (Stream<Path> all = Files.list(Golden.path("pretrain_a.json").getParent())) {
            List<String> names = all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("pretrain_") && name.endsWith(".safetensors"))
                    .map(name -> name.replace(".safetensors", ""))
                    .sorted()
                    .toList();
            assertThat(names).isNotEmpty();
            return names.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void oneStepAndSeveralUpdates(String name) throws IOException {
        JsonObject json = Golden.json(name);
        try (SafetensorsReader golden = Golden.safetensors(name);
                Backend backend = backend()) {
            new Case(backend, golden, json).check();
        }
    }

    private static final class Case {
        private final Backend backend;
        private final SafetensorsReader golden;
        private final JsonObject json;
        private final ElectraModel model;
        private final PretrainingGraph graph;
        private final Operation clearGradients;
        private Tensor uniforms;

        Case(Backend backend, SafetensorsReader golden, JsonObject json) throws IOException {
            this.backend = backend;
            this.golden = golden;
            this.json = json;
            ElectraConfig config = new ElectraConfig(
                    GoldenConfig.encoder(json.getAsJsonObject("discriminator_config")),
                    GoldenConfig.encoder(json.getAsJsonObject("generator_config")),
                    Sharing.EMBEDDINGS,
                    Objective.ELECTRA);
            model = new ElectraModel(backend, config, 0);
            for (Parameter parameter : model.parameters().parameters()) {
                backend.upload(golden.floats("param." + parameter.name()), 0, parameter.value());
            }
            clearGradients = backend.fill(model.parameters().gradients(), 0);
            graph = record();
        }

        private PretrainingGraph record() throws IOException {
            int batch = (int) golden.shape("input_ids")[0];
            int length = (int) golden.shape("input_ids")[1];
            int slots = (int) golden.shape("masked_positions")[1];
            PretrainingInputs inputs = new PretrainingInputs(backend, batch, length, slots, Objective.ELECTRA);
            inputs.setTokens(
                    ints("input_ids"), ints("attention_mask"), ints("token_type_ids"), ints("masked_input_ids"), 0);
            int[] rows = ints("masked_positions");
            for (int i = 0; i < rows.length; i++) {
                rows[i] += i / slots * length;
            }
            inputs.setMaskedRows(rows);
            inputs.setMaskedLabels(ints("masked_labels"), golden.floats("masked_weights"), 0);
            inputs.setNormalizers(
                    json.get("num_masked").getAsFloat(), json.get("num_tokens").getAsFloat());
            inputs.upload(0, 0, 0);
            float[] noise = golden.floats("gumbel_uniform");
            int vocabulary = (int) golden.shape("gumbel_uniform")[2];
            uniforms = Tensor.of(
                    "uniforms", Shape.of(rows.length, vocabulary), backend.allocate(DType.FLOAT32, noise.length), 0);
            backend.upload(noise, 0, uniforms);
            LossOptions options = new LossOptions(
                    json.get("gen_weight").getAsFloat(), json.get("disc_weight").getAsFloat(), 1, Sampler.GUMBEL);
            return new PretrainingGraph(model, inputs, options, PretrainingGraph.Mode.TRAINING, uniforms, true);
        }

        void check() throws IOException {
            graph.program().forward();
            checkForward();
            clearGradients.run();
            graph.program().backward();
            checkGradients();
            checkUpdates();
        }

        private void checkForward() throws IOException {
            checkStates("hidden.generator.", graph.generatorStates());
            checkStates("hidden.discriminator.", graph.mainStates());
            close("gen_logits_at_masked", graph.generatorLogits(), 2e-5, 0);
            close("disc_logits", graph.detection().logits(), 2e-5, 0);
            checkSampled();
            equal("corrupted_input_ids", graph.corrupted().ids());
            equal("disc_labels", graph.detection().labels());
            double generatorLoss = floats(graph.generatorLoss())[0];
            double discriminatorLoss = floats(graph.detection().loss())[0];
            Percentage tolerance = Percentage.withPercentage(5e-4);
            assertThat(generatorLoss).isCloseTo(json.get("mlm_loss").getAsDouble(), tolerance);
            assertThat(discriminatorLoss).isCloseTo(json.get("disc_loss").getAsDouble(), tolerance);
            assertThat(json.get("gen_weight").getAsDouble() * generatorLoss
                            + json.get("disc_weight").getAsDouble() * discriminatorLoss)
                    .isCloseTo(json.get("total_loss").getAsDouble(), tolerance);
        }

        private void checkStates(String prefix, List<Variable> states) throws IOException {
            assertThat(golden.contains(prefix + states.size())).isFalse();
            for (int i = 0; i < states.size(); i++) {
                close(prefix + i, states.get(i).value(), 2e-5, 0);
            }
        }

        /** Sampled tokens matter where the slot is used. */
        private void checkSampled() throws IOException {
            int[] expected = ints("sampled_tokens");
            float[] weights = golden.floats("masked_weights");
            int[] actual = new int[expected.length];
            backend.download(graph.sampled(), actual, 0);
            for (int i = 0; i < expected.length; i++) {
                if (weights[i] > 0) {
                    assertThat(actual[i]).as("sampled token of slot " + i).isEqualTo(expected[i]);
                }
            }
        }

        private void checkGradients() throws IOException {
            double largest = 0;
            for (Parameter parameter : model.parameters().parameters()) {
                largest = Math.max(largest, Golden.maximum(golden.floats("grad." + parameter.name())));
            }
            double difference = 0;
            double norm = 0;
            for (Parameter parameter : model.parameters().parameters()) {
                float[] expected = golden.floats("grad." + parameter.name());
                float[] actual = floats(parameter.gradient());
                close("grad." + parameter.name(), parameter.gradient(), 3e-5, 2e-7 * largest);
                for (int i = 0; i < expected.length; i++) {
                    difference += Math.pow((double) actual[i] - expected[i], 2);
                    norm += Math.pow(expected[i], 2);
                }
            }
            assertThat(Math.sqrt(difference / norm))
                    .as("relative L2 error of all gradients")
                    .isLessThanOrEqualTo(5e-6);
        }

        private void checkUpdates() throws IOException {
            String first = model.parameters().parameters().get(0).name();
            if (!golden.contains("after1." + first)) {
                return;
            }
            JsonObject optimizer = json.getAsJsonObject("optimizer");
            float decay = optimizer.get("weight_decay").getAsFloat();
            AdamW adamW = new AdamW(
                    backend,
                    model.parameters().values(),
                    model.parameters().gradients(),
                    model.parameters().segments(decay, AdamW::decays, parameter -> 1),
                    AdamW.Options.ELECTRA);
            LearningRateSchedule schedule = new LearningRateSchedule(
                    optimizer.get("learning_rate").getAsDouble(),
                    optimizer.get("num_train_steps").getAsLong(),
                    optimizer.get("warmup_steps").getAsDouble(),
                    1);
            keepSampledTokens();
            for (int step = 0; step < 5; step++) {
                graph.program().forward();
                clearGradients.run();
                graph.program().backward();
                adamW.step(schedule.at(step));
                JsonObject expected =
                        optimizer.getAsJsonArray("steps").get(step).getAsJsonObject();
                assertThat(schedule.at(step))
                        .isCloseTo(expected.get("learning_rate").getAsDouble(), within(1e-12));
                assertThat((double) adamW.gradientNorm())
                        .isCloseTo(expected.get("global_norm").getAsDouble(), Percentage.withPercentage(1e-3));
                if (step == 0 || step == 1 || step == 4) {
                    checkParameters("after" + (step + 1) + ".");
                }
            }
            checkMoments("adam_m5.", adamW.firstMoments());
            checkMoments("adam_v5.", adamW.secondMoments());
        }

        /** The file's updates all use the tokens sampled first: noise that lets these win whatever the logits are. */
        private void keepSampledTokens() throws IOException {
            int[] tokens = ints("sampled_tokens");
            float[] noise = new float[(int) uniforms.size()];
            Arrays.fill(noise, 1e-6f);
            for (int slot = 0; slot < tokens.length; slot++) {
                noise[slot * uniforms.shape().width() + tokens[slot]] = 1 - 0x1p-22f;
            }
            backend.upload(noise, 0, uniforms);
        }

        private void checkParameters(String prefix) throws IOException {
            for (Parameter parameter : model.parameters().parameters()) {
                float[] expected = golden.floats(prefix + parameter.name());
                double tolerance = parameter.name().endsWith("key.bias") ? 3e-5 : 5e-6;
                assertThat(floats(parameter.value()))
                        .as(prefix + parameter.name())
                        .containsExactly(expected, within((float) tolerance));
            }
        }

        /** Moments lie in arenas laid out like the parameters'. */
        private void checkMoments(String prefix, Tensor arena) throws IOException {
            for (Parameter parameter : model.parameters().parameters()) {
                Tensor value = parameter.value();
                close(prefix + parameter.name(), arena.view(value.name(), value.offset(), value.shape()), 1e-4, 1e-7);
            }
        }

        private void close(String name, Tensor actual, double relative, double absolute) throws IOException {
            float[] expected = golden.floats(name);
            float[] got = floats(actual);
            assertThat(got).as(name).hasSameSizeAs(expected);
            double tolerance = relative * Golden.maximum(expected) + absolute;
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) got[i]).as(name + " element " + i).isCloseTo(expected[i], within(tolerance));
            }
        }

        private void equal(String name, Tensor actual) throws IOException {
            int[] got = new int[(int) actual.size()];
            backend.download(actual, got, 0);
            assertThat(got).as(name).isEqualTo(ints(name));
        }

        private float[] floats(Tensor tensor) {
            float[] values = new float[(int) tensor.size()];
            backend.download(tensor, values, 0);
            return values;
        }

        private int[] ints(String name) {
            try {
                return Arrays.stream(golden.longs(name))
                        .mapToInt(Math::toIntExact)
                        .toArray();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
