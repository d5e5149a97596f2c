package org.jelectra.electra;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.io.SafetensorsWriter;
import org.jelectra.io.TensorFile;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** The weights of one network in a file, under HuggingFace's names. Its string is what messages call it. */
public final class WeightFile implements AutoCloseable {

    private static final int NAMES_SHOWN = 5;

    private final TensorFile file;
    private final String source;

    /**
     * Weights in any format; nothing of them is checked yet.
     *
     * @param source what to call the file in messages
     */
    public WeightFile(TensorFile file, String source) {
        this.file = file;
        this.source = source;
    }

    /**
     * Opens a folder's {@code model.safetensors}.
     *
     * @throws IOException if it is missing or malformed, or its output matrix is not its word table
     */
    public static WeightFile open(Path folder) throws IOException {
        Path path = folder.resolve(ModelFiles.WEIGHTS);
        WeightFile weights = new WeightFile(SafetensorsReader.open(path), path.toString());
        try {
            weights.requireOneWordTable();
            return weights;
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /**
     * Opens a folder's {@code copy_gate.safetensors}.
     *
     * @throws IOException if it is missing or malformed
     */
    public static WeightFile openGate(Path folder) throws IOException {
        Path path = folder.resolve(ModelFiles.COPY_GATE);
        return new WeightFile(SafetensorsReader.open(path), path.toString());
    }

    /** Names for a message: the first five, and how many more there are. */
    public static String shown(Collection<String> names) {
        return names.size() <= NAMES_SHOWN
                ? names.toString()
                : names.stream().limit(NAMES_SHOWN).toList() + " and " + (names.size() - NAMES_SHOWN) + " more";
    }

    /**
     * Writes tensors to a file, each downloaded when it is its turn.
     *
     * @throws IOException if the file cannot be written; an existing one is then unchanged
     */
    public static void write(Path file, Backend backend, Map<String, Tensor> tensors) throws IOException {
        List<SafetensorsWriter.Source> sources = new ArrayList<>();
        tensors.forEach((name, tensor) ->
                sources.add(new SafetensorsWriter.Source(name, tensor.shape().toArray(), () -> {
                    float[] values = new float[Math.toIntExact(tensor.size())];
                    backend.download(tensor, values, 0);
                    return values;
                })));
        SafetensorsWriter.stream(file, sources);
    }

    /** The names of the tensors, in the order of the file, without {@link ModelFiles#POSITION_IDS}. */
    public List<String> names() {
        return file.names().stream()
                .filter(name -> !name.equals(ModelFiles.POSITION_IDS))
                .toList();
    }

    /** Whether the file holds a tensor of this name. */
    public boolean contains(String name) {
        return file.contains(name);
    }

    /** As {@link TensorFile#shape}. */
    public long[] shape(String name) {
        return file.shape(name);
    }

    /** As {@link TensorFile#dtype}. */
    public String dtype(String name) {
        return file.dtype(name);
    }

    /** As {@link TensorFile#floats}. */
    public float[] floats(String name) throws IOException {
        return file.floats(name);
    }

    /**
     * Checks the sizes of a tensor.
     *
     * @throws IOException if they are others
     */
    public void requireShape(String name, long... sizes) throws IOException {
        long[] found = file.shape(name);
        if (!Arrays.equals(sizes, found)) {
            throw new IOException(
                    source + ": " + name + " must be " + Arrays.toString(sizes) + ", got " + Arrays.toString(found));
        }
    }

    /** As {@link #requireShape(String, long...)}. */
    public void requireShape(String name, Shape shape) throws IOException {
        requireShape(name, Arrays.stream(shape.toArray()).asLongStream().toArray());
    }

    /**
     * Checks that the generator's output matrix, where the file has one, is the word table bit for bit: they are one tensor.
     *
     * @throws IOException if they differ, or cannot be read
     */
    public void requireOneWordTable() throws IOException {
        if (file.contains(ModelFiles.OUTPUT_WORDS)
                && file.contains(ModelFiles.WORDS)
                && !Arrays.equals(file.floats(ModelFiles.OUTPUT_WORDS), file.floats(ModelFiles.WORDS))) {
            throw new IOException(source + ": " + ModelFiles.OUTPUT_WORDS + " must equal " + ModelFiles.WORDS
                    + ", as they are one tensor here (tie_word_embeddings), but they differ");
        }
    }

    /**
     * Copies a tensor's values to the backend.
     *
     * @throws IOException if the file's has other sizes, or cannot be read
     */
    public void upload(String name, Backend backend, Tensor tensor) throws IOException {
        requireShape(name, tensor.shape());
        backend.upload(file.floats(name), 0, tensor);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    @Override
    public String toString() {
        return source;
    }
}
