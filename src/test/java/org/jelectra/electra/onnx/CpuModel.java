package org.jelectra.electra.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jelectra.autograd.Program;
import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.electra.heads.TokenInputs;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.nn.Initializer;
import org.jelectra.nn.Linear;
import org.jelectra.nn.ParameterArena;

/** What this library computes with a model, all outputs of a token or sequence side by side. */
final class CpuModel {

    /** A head as a graph has it. */
    interface Head {
        Variable logits(Tape tape, Variable hidden, TokenInputs inputs);
    }

    private CpuModel() {}

    static Head sequences(ParameterArena arena, EncoderConfig config, int labels) {
        ClassificationHead head = new ClassificationHead(arena, config, labels);
        return (tape, hidden, inputs) -> head.logits(tape, hidden, inputs.firstTokens(), false);
    }

    static Head tokens(ParameterArena arena, EncoderConfig config, int labels) {
        TokenClassificationHead head = new TokenClassificationHead(arena, config, labels);
        return (tape, hidden, inputs) -> head.logits(tape, hidden, false);
    }

    static Head spans(ParameterArena arena, EncoderConfig config) {
        SpanHead head = new SpanHead(arena, config);
        return (tape, hidden, inputs) -> head.logits(tape, hidden);
    }

    static Head replaced(ParameterArena arena, EncoderConfig config) {
        int width = config.hiddenSize();
        Linear dense = new Linear(arena, "discriminator_predictions.dense", width, width, Initializer.ZEROS);
        Linear output = new Linear(arena, "discriminator_predictions.dense_prediction", width, 1, Initializer.ZEROS);
        return (tape, hidden, inputs) -> output.apply(tape, dense.applyGelu(tape, hidden));
    }

    static float[] run(Path folder, EncoderWithHead.HeadFactory<Head> factory, TokenBatch batch) throws IOException {
        try (Backend backend = CpuBackend.create(1)) {
            EncoderWithHead<Head> model = EncoderWithHead.untrained(backend, ModelFiles.readConfig(folder), factory);
            EncoderFiles.loadAll(model, folder);
            TokenInputs inputs = new TokenInputs(backend, batch.size(), batch.length());
            inputs.upload(ints(batch.ids()), ints(batch.mask()), ints(batch.types()));
            Tape tape = new Tape(backend, inputs.clock());
            Variable logits = model.head().logits(tape, model.encode(tape, inputs.encoder(), false), inputs);
            tape.keep(logits.value());
            Program program = tape.compile();
            program.forward();
            float[] values = new float[(int) logits.value().size()];
            backend.download(logits.value(), values, 0);
            return values;
        }
    }

    private static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }
}
