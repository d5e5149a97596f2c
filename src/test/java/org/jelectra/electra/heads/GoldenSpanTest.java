package org.jelectra.electra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Arrays;
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
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Question answering against a float64 reference: logits, loss and every gradient. */
@Tag("every-jdk")
class GoldenSpanTest {

    private static final String WORDS = "electra.embeddings.word_embeddings.weight";

    /** A new backend; it is closed after use. */
    protected Backend backend() {
        return CpuBackend.create(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nopad", "pad", "padmasked"})
    void agrees(String variant) throws IOException {
        try (SafetensorsReader golden = Golden.safetensors("finetune_qa");
                Backend backend = backend()) {
            JsonObject json = Golden.json("finetune_qa");
            EncoderWithHead<SpanHead> model = new EncoderWithHead<>(
                    backend, GoldenConfig.encoder(json.getAsJsonObject("config")), SpanHead::new, 0);
            for (Parameter parameter : model.parameters().parameters()) {
                backend.upload(golden.floats("param." + parameter.name()), 0, parameter.value());
            }
            int batch = json.get("batch").getAsInt();
            int length = json.get("seq").getAsInt();
            boolean noPad = variant.equals("nopad");
            int[] ones = new int[batch * length];
            Arrays.fill(ones, 1);
            int[] mask = noPad ? ones : ints(golden, "attention_mask");
            TokenInputs inputs = new TokenInputs(backend, batch, length);
            inputs.upload(ints(golden, noPad ? "nopad.input_ids" : "input_ids"), mask, ints(golden, "token_type_ids"));
            Tape tape = new Tape(backend, inputs.clock());
            Variable logits = model.head().logits(tape, model.encode(tape, inputs.encoder(), true));
            tape.keep(logits.value());
            int[] start = ints(golden, "start_positions");
            int[] end = ints(golden, "end_positions");
            int[] targets = new int[2 * batch];
            float[] weights = new float[batch];
            for (int row = 0; row < batch; row++) {
                targets[2 * row] = start[row];
                targets[2 * row + 1] = end[row];
                weights[row] = 1;
            }
            Tensor loss = tape.losses()
                    .spanCrossEntropy(
                            logits,
                            HeadTensors.integers(backend, variant.equals("padmasked") ? mask : ones),
                            HeadTensors.integers(backend, targets),
                            HeadTensors.floats(backend, weights),
                            HeadTensors.floats(backend, batch),
                            1);
            tape.backward();
            Program program = tape.compile();
            backend.fill(model.parameters().gradients(), 0).run();
            program.forward();
            program.backward();
            assertThat((double) read(backend, loss)[0])
                    .isCloseTo(json.get("loss_" + variant).getAsDouble(), Percentage.withPercentage(5e-4));
            if (!variant.equals("padmasked")) {
                float[] both = read(backend, logits.value());
                close(variant + ".start_logits", golden, column(both, 0), 2e-5, 0);
                close(variant + ".end_logits", golden, column(both, 1), 2e-5, 0);
            }
            double largest = 0;
            for (Parameter parameter : model.parameters().parameters()) {
                largest = Math.max(largest, Golden.maximum(golden.floats(variant + ".grad." + parameter.name())));
            }
            for (Parameter parameter : model.parameters().parameters()) {
                // the reference sets the gradient of the [PAD] row to 0; its plain derivative has a name of its own
                boolean plain = variant.equals("pad") && parameter.name().equals(WORDS);
                String name = variant + (plain ? ".grad_without_padding_idx." : ".grad.") + parameter.name();
                close(name, golden, read(backend, parameter.gradient()), 3e-5, 2e-7 * largest);
            }
        }
    }

    private static float[] column(float[] both, int column) {
        float[] values = new float[both.length / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = both[2 * i + column];
        }
        return values;
    }

    private static void close(String name, SafetensorsReader golden, float[] got, double relative, double absolute)
            throws IOException {
        float[] expected = golden.floats(name);
        assertThat(got).as(name).containsExactly(expected, within((float)
                (relative * Golden.maximum(expected) + absolute)));
    }

    private static float[] read(Backend backend, Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    private static int[] ints(SafetensorsReader golden, String name) throws IOException {
        return Arrays.stream(golden.longs(name)).mapToInt(Math::toIntExact).toArray();
    }
}
