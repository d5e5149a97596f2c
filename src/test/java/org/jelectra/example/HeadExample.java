package org.jelectra.example;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.inference.batch.TextEncoder;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.InputArena;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.optim.AdamW;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** The example of docs/engine.md: a head of one's own on a pre-trained encoder. */
final class HeadExample {

    private HeadExample() {}

    // documented: begin
    /** Trains a pre-trained encoder to give each text a number. Returns the loss of every step. */
    static float[] train(Backend backend, Path pretrained, List<String> texts, float[] numbers, int steps)
            throws IOException {
        // sizes and tokenizer of a run's discriminator, or of any directory in HuggingFace's layout
        ModelFolder folder = ModelFolder.open(pretrained);
        var model = new EncoderWithHead<>(
                backend,
                folder.config(),
                (parameters, sizes) ->
                        new Linear(parameters, "regression", sizes.hiddenSize(), 1, Initializer.GLOROT_UNIFORM),
                1);
        EncoderFiles.loadEncoder(model, folder.path()); // the head keeps its initial values
        ParameterArena parameters = model.parameters();

        int batch = texts.size();
        int length = folder.maxLength();
        var inputs = new InputArena(backend);
        Tensor clock = inputs.clock();
        Tensor ids = inputs.ints("ids", batch * length);
        Tensor mask = inputs.ints("mask", batch * length);
        Tensor types = inputs.ints("types", batch * length);
        Tensor targets = inputs.floats("targets", batch);
        inputs.allocate();

        Tape tape = new Tape(backend, clock);
        Variable states = model.encode(tape, new EncoderInputs(ids, mask, types, batch, length), true);
        // equal logits: the mean of a text's vectors
        var memory = backend.allocate(backend.valueType(), (long) batch * length);
        Variable equal = tape.constant(Tensor.of("equal", Shape.of(batch * length, 1), memory, 0));
        Variable means = tape.poolPositions(equal, states, mask, batch);
        Tensor loss = tape.losses().squaredError(model.head().apply(tape, means), targets);
        tape.backward();
        Program program = tape.compile();

        var encoder = new TextEncoder(folder.wordPiece(), length);
        int[] tokens = new int[batch * length];
        int[] attended = new int[batch * length];
        Arrays.fill(tokens, folder.padId());
        for (int row = 0; row < batch; row++) {
            int[] text = encoder.encode(texts.get(row), null).ids();
            System.arraycopy(text, 0, tokens, row * length, text.length);
            Arrays.fill(attended, row * length, row * length + text.length, 1);
        }
        inputs.set(ids, tokens, 0);
        inputs.set(mask, attended, 0);
        inputs.set(targets, numbers, 0);
        var segments = parameters.segments(0.01f, AdamW::decays, model.layerwiseRates(0.8, false));
        var optimizer =
                new AdamW(backend, parameters.values(), parameters.gradients(), segments, AdamW.Options.ELECTRA);
        Operation clear = backend.fill(parameters.gradients(), 0);
        float[] losses = new float[steps];
        for (int i = 0; i < steps; i++) {
            inputs.setClock(clock, 1, i, 0);
            inputs.upload();
            clear.run();
            program.forward();
            program.backward();
            optimizer.step(1e-3);
            backend.download(loss, losses, i);
        }
        return losses;
    }
    // documented: end
}
