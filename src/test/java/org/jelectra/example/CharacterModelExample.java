package org.jelectra.example;

import java.util.Arrays;
import java.util.List;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.nn.Embeddings;
import org.jelectra.nn.Encoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.EncoderInputs;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.InputArena;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;
import org.jelectra.optim.AdamW;
import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;
import org.jelectra.tensor.Tensor;

/** The example of docs/engine.md: another model than ELECTRA, on the packages up to {@code optim} alone. */
final class CharacterModelExample {

    private CharacterModelExample() {}

    // documented: begin
    /** Characters that the model sees. */
    static final int CONTEXT = 16;

    /**
     * Trains a Transformer layer to predict the next character of a text. Returns the loss of every step, in nats.
     *
     * @param text its characters as numbers from 0 on, below {@code characters}
     */
    static float[] train(Backend backend, int[] text, int characters, int batch, int steps) {
        // parameters: layers add theirs, then all get memory and initial values
        var parameters = new ParameterArena();
        var sizes = EncoderConfig.of(characters, 32, 1, 4, CONTEXT).withInitializerRange(0.1f);
        var encoder = new Encoder(parameters, "encoder", sizes, new Embeddings(parameters, "embeddings", sizes));
        var output = new Linear(parameters, "output", 32, characters, Initializer.GLOROT_UNIFORM);
        parameters.allocate(backend, 1);

        // inputs: what changes from step to step is data in tensors
        var inputs = new InputArena(backend);
        Tensor clock = inputs.clock();
        Tensor ids = inputs.ints("ids", batch * CONTEXT);
        Tensor mask = inputs.ints("mask", batch * CONTEXT);
        Tensor types = inputs.ints("types", batch * CONTEXT);
        Tensor last = inputs.ints("last", batch);
        Tensor next = inputs.ints("next", batch);
        inputs.allocate();

        // the tape: recorded once, with the backward pass, and compiled
        Tape tape = new Tape(backend, clock);
        var read = new EncoderInputs(ids, mask, types, batch, CONTEXT);
        List<Variable> states = encoder.apply(tape, read, true);
        Variable atTheEnd = tape.gatherRows(states.get(states.size() - 1), last);
        Variable logits = output.apply(tape, atTheEnd);
        Tensor loss = tape.losses().crossEntropy(logits, next);
        tape.backward();
        Program program = tape.compile();

        // the step: gradients are cleared, because backward passes add; on a GPU all of it becomes one graph
        Operation step = backend.recorded(
                Operation.sequence(backend.fill(parameters.gradients(), 0), program::forward, program::backward));
        var segments = parameters.segments(0.01f, AdamW::decays, name -> 1);
        var optimizer =
                new AdamW(backend, parameters.values(), parameters.gradients(), segments, AdamW.Options.ELECTRA);

        int[] windows = new int[batch * CONTEXT];
        int[] following = new int[batch];
        int[] ends = new int[batch];
        Arrays.setAll(ends, row -> row * CONTEXT + CONTEXT - 1);
        inputs.set(last, ends, 0);
        int[] everywhere = new int[batch * CONTEXT];
        Arrays.fill(everywhere, 1);
        inputs.set(mask, everywhere, 0);
        float[] losses = new float[steps];
        for (int i = 0; i < steps; i++) {
            var random = new RandomSource(1, RandomStreams.SHUFFLE, i, 0);
            for (int row = 0; row < batch; row++) {
                int from = random.nextInt(text.length - CONTEXT);
                System.arraycopy(text, from, windows, row * CONTEXT, CONTEXT);
                following[row] = text[from + CONTEXT];
            }
            inputs.setClock(clock, 1, i, 0); // seed and step: dropout is a function of these
            inputs.set(ids, windows, 0);
            inputs.set(next, following, 0);
            inputs.upload();
            step.run();
            optimizer.step(2e-3);
            backend.download(loss, losses, i); // losses are kept; other values share memory, unless the tape keeps them
        }
        return losses;
    }
    // documented: end
}
