package org.jelectra.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;

/** A tensor in memory, for tests that make or change safetensors files. */
public record TestTensor(String name, int[] shape, float... data) {

    /** A tensor of a file. */
    public static TestTensor read(TensorFile file, String name) throws IOException {
        int[] shape = Arrays.stream(file.shape(name)).mapToInt(Math::toIntExact).toArray();
        return new TestTensor(name, shape, file.floats(name));
    }

    /** The same under another name. */
    public TestTensor named(String other) {
        return new TestTensor(other, shape, data);
    }

    /** Writes a file. */
    public static void write(Path file, Collection<TestTensor> tensors) throws IOException {
        SafetensorsWriter.stream(
                file,
                tensors.stream()
                        .map(tensor -> new SafetensorsWriter.Source(tensor.name(), tensor.shape(), tensor::data))
                        .toList());
    }
}
