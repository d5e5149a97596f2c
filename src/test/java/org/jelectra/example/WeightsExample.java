package org.jelectra.example;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.io.SafetensorsWriter;
import org.jelectra.nn.ParameterArena;
import org.jelectra.tensor.Tensor;

/** The example of docs/engine.md: weights to a file and back. */
final class WeightsExample {

    private WeightsExample() {}

    // documented: begin
    /** Writes the weights of a model, by name. */
    static void save(Path file, Backend backend, ParameterArena parameters) throws IOException {
        List<SafetensorsWriter.Source> tensors = new ArrayList<>();
        for (Parameter parameter : parameters.parameters()) {
            Tensor weights = parameter.value();
            tensors.add(new SafetensorsWriter.Source(
                    parameter.name(), weights.shape().toArray(), () -> {
                        float[] values = new float[(int) weights.size()];
                        backend.download(weights, values, 0);
                        return values;
                    }));
        }
        SafetensorsWriter.stream(file, tensors);
    }

    /** Reads them into a model of the same layers, once its arena is allocated. */
    static void load(Path file, Backend backend, ParameterArena parameters) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            for (Parameter parameter : parameters.parameters()) {
                Tensor weights = parameter.value();
                float[] values = reader.floats(parameter.name());
                if (values.length != weights.size()) {
                    throw new IOException(file + ": expected " + weights + ", got " + values.length + " values");
                }
                backend.upload(values, 0, weights);
            }
        }
    }
    // documented: end
}
