package org.jelectra.electra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.jelectra.Golden;
import org.jelectra.autograd.Parameter;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.GoldenConfig;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.optim.AdamW;
import org.jelectra.optim.LearningRateSchedule;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sequence classification and regression against a float64 reference: logits, loss, gradients, and five updates. */
@Tag("every-jdk")
class GoldenFineTuningTest {

    /** A new backend; it is closed after use. */
    protected Backend backend() {
        return CpuBackend.create(2);
    }

    @Test
    void classification() throws IOException {
        check("finetune_cls");
    }

    @Test
    void regression() throws IOException {
        check("finetune_reg");
    }

    private void check(String name) throws IOException {
        try (SafetensorsReader golden = Golden.safetensors(name);
                Backend backend = backend()) {
            new Case(backend, golden, Golden.json(name)).check();
        }
    }

    private static final class Case {
        private final Backend backend;
        private final SafetensorsReader golden;
        private final JsonObject json;
        private final EncoderWithHead<ClassificationHead> model;
        private final Variable logits;
        private final Tensor loss;
        private final Program forward;
        private final Program program;
        private final Tensor trainedLoss;

        Case(Backend backend, SafetensorsReader golden, JsonObject json) throws IOException {
            this.backend = backend;
            this.golden = golden;
            this.json = json;
            int outputs = json.get("num_labels").getAsInt();
            model = new EncoderWithHead<>(
                    backend,
                    GoldenConfig.encoder(json.getAsJsonObject("config")),
                    (arena, config) -> new ClassificationHead(arena, config, outputs),
                    0);
            for (Parameter parameter : model.parameters().parameters()) {
                backend.upload(golden.floats("param." + parameter.name()), 0, parameter.value());
            }
            int batch = json.get("batch").getAsInt();
            TokenInputs inputs = new TokenInputs(backend, batch, json.get("seq").getAsInt());
            inputs.upload(ints("input_ids"), ints("attention_mask"), ints("token_type_ids"));
            // the gradient takes the place of the logits, so these are read from a recording of their own
            Tape reading = new Tape(backend, inputs.clock());
            logits = logits(reading, inputs);
            reading.keep(logits.value());
            loss = loss(reading, logits, outputs, batch);
            forward = reading.compile();
            Tape training = new Tape(backend, inputs.clock());
            trainedLoss = loss(training, logits(training, inputs), outputs, batch);
            training.backward();
            program = training.compile();
        }

        private Variable logits(Tape tape, TokenInputs inputs) {
            Variable hidden = model.encode(tape, inputs.encoder(), true);
            return model.head().logits(tape, hidden, inputs.firstTokens(), true);
        }

        private Tensor loss(Tape tape, Variable values, int outputs, int batch) throws IOException {
            float[] ones = new float[batch];
            Arrays.fill(ones, 1);
            Tensor weights = floats("weights", ones);
            Tensor count = floats("count", batch);
            if (outputs == 1) {
                return tape.losses().squaredError(values, floats("labels", golden.floats("labels")), weights, count, 1);
            }
            Tensor labels = Tensor.of("labels", Shape.of(batch), backend.allocate(DType.INT32, batch), 0);
            backend.upload(ints("labels"), 0, labels);
            return tape.losses()
                    .crossEntropy(
                            values, labels, weights, count, tape.tensor("correct", DType.FLOAT32, batch), 1, null);
        }

        private Tensor floats(String name, float... values) {
            Tensor tensor = Tensor.of(name, Shape.of(values.length), backend.allocate(DType.FLOAT32, values.length), 0);
            backend.upload(values, 0, tensor);
            return tensor;
        }

        void check() throws IOException {
            forward.forward();
            close("logits", logits.value(), 2e-5, 0);
            Percentage tolerance = Percentage.withPercentage(5e-4);
            assertThat((double) read(loss)[0]).isCloseTo(json.get("loss").getAsDouble(), tolerance);
            step();
            assertThat((double) read(trainedLoss)[0]).isCloseTo(json.get("loss").getAsDouble(), tolerance);
            checkGradients();
            if (json.has("optimizer")) {
                checkUpdates(json.getAsJsonObject("optimizer"));
            }
        }

        private void step() {
            backend.fill(model.parameters().gradients(), 0).run();
            program.forward();
            program.backward();
        }

        private void checkGradients() throws IOException {
            double largest = 0;
            for (Parameter parameter : model.parameters().parameters()) {
                largest = Math.max(largest, Golden.maximum(golden.floats("grad." + parameter.name())));
            }
            for (Parameter parameter : model.parameters().parameters()) {
                close("grad." + parameter.name(), parameter.gradient(), 3e-5, 2e-7 * largest);
            }
        }

        private void checkUpdates(JsonObject optimizer) throws IOException {
            double decay = optimizer.get("layerwise_lr_decay").getAsDouble();
            for (Map.Entry<String, JsonElement> entry :
                    optimizer.getAsJsonObject("lr_multiplier_by_parameter").entrySet()) {
                assertThat(model.layerwiseRates(decay, true).applyAsDouble(entry.getKey()))
                        .as(entry.getKey())
                        .isCloseTo(entry.getValue().getAsDouble(), within(1e-12));
            }
            AdamW adamW = new AdamW(
                    backend,
                    model.parameters().values(),
                    model.parameters().gradients(),
                    model.parameters()
                            .segments(
                                    optimizer.get("weight_decay").getAsFloat(),
                                    AdamW::decays,
                                    model.layerwiseRates(decay, true)),
                    AdamW.Options.ELECTRA);
            LearningRateSchedule schedule = new LearningRateSchedule(
                    optimizer.get("learning_rate").getAsDouble(),
                    optimizer.get("num_train_steps").getAsLong(),
                    optimizer.get("warmup_steps").getAsDouble(),
                    1);
            JsonArray losses = optimizer.getAsJsonArray("loss_before_each_step_then_after_the_last");
            for (int i = 0; i < 5; i++) {
                step();
                assertThat((double) read(trainedLoss)[0])
                        .isCloseTo(losses.get(i).getAsDouble(), Percentage.withPercentage(1e-3));
                adamW.step(schedule.at(i));
                assertThat((double) adamW.gradientNorm())
                        .isCloseTo(
                                optimizer
                                        .getAsJsonArray("steps")
                                        .get(i)
                                        .getAsJsonObject()
                                        .get("global_norm")
                                        .getAsDouble(),
                                Percentage.withPercentage(1e-3));
            }
            for (Parameter parameter : model.parameters().parameters()) {
                double tolerance = parameter.name().endsWith("key.bias") ? 3e-5 : 5e-6;
                assertThat(read(parameter.value()))
                        .as("after5." + parameter.name())
                        .containsExactly(golden.floats("after5." + parameter.name()), within((float) tolerance));
            }
        }

        private void close(String name, Tensor actual, double relative, double absolute) throws IOException {
            float[] expected = golden.floats(name);
            float[] got = read(actual);
            double tolerance = relative * Golden.maximum(expected) + absolute;
            assertThat(got).as(name).hasSameSizeAs(expected);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) got[i]).as(name + " element " + i).isCloseTo(expected[i], within(tolerance));
            }
        }

        private float[] read(Tensor tensor) {
            float[] values = new float[(int) tensor.size()];
            backend.download(tensor, values, 0);
            return values;
        }

        private int[] ints(String name) throws IOException {
            return Arrays.stream(golden.longs(name)).mapToInt(Math::toIntExact).toArray();
        }
    }
}
