package org.jelectra.exchange;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.WeightFile;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.tensor.Shape;

/**
 * The tensors of a model in a file, each checked for its shape, under the names that they have here. The file may use the older
 * {@code gamma} and {@code beta} of LayerNorm, hold the position numbers that older versions saved, and hold the generator's output
 * matrix or its word table or both, which are one. That of an encoder alone may leave out {@code electra.} in all names.
 */
final class NetworkWeights {

    private static final String ENCODER = EncoderWithHead.ENCODER + ".";

    private final WeightFile file;
    private final Map<String, String> names = new LinkedHashMap<>();
    private final Map<String, Shape> shapes;
    private final int dropped;

    /**
     * Finds all tensors.
     *
     * @param tied whether the output matrix is the word table by the model's configuration
     * @throws IOException if one is missing, left over, or of another shape or type
     */
    NetworkWeights(WeightFile file, Map<String, Shape> shapes, boolean tied) throws IOException {
        this.file = file;
        this.shapes = shapes;
        dropped = isEncoder() && !file.contains(ModelFiles.WORDS) ? ENCODER.length() : 0;
        Set<String> missing = new LinkedHashSet<>();
        for (String name : shapes.keySet()) {
            String found = find(name);
            if (found == null) {
                missing.add(name.substring(dropped));
            } else {
                names.put(name, found);
            }
        }
        Set<String> left = new LinkedHashSet<>(file.names());
        left.removeAll(names.values());
        left.remove(ModelFiles.POSITION_IDS.substring(dropped));
        boolean ownOutput = isGenerator() && left.remove(ModelFiles.OUTPUT_WORDS);
        if (!missing.isEmpty() || !left.isEmpty()) {
            throw new IOException(file + ": missing tensors " + WeightFile.shown(missing) + ", unexpected tensors "
                    + WeightFile.shown(left) + hint(left));
        }
        for (Map.Entry<String, String> entry : names.entrySet()) {
            check(entry.getValue(), shapes.get(entry.getKey()));
        }
        if (ownOutput) {
            check(ModelFiles.OUTPUT_WORDS, shapes.get(ModelFiles.WORDS));
            if (!tied) {
                requireOneWordTable();
            }
        }
    }

    /** As {@link WeightFile#requireOneWordTable}, also where the configuration would let the word table count. */
    void requireOneWordTable() throws IOException {
        file.requireOneWordTable();
    }

    private boolean isEncoder() {
        return shapes.keySet().stream().allMatch(name -> name.startsWith(ENCODER));
    }

    private boolean isGenerator() {
        return shapes.containsKey("generator_lm_head.bias");
    }

    private String find(String name) {
        String legacy =
                name.contains("LayerNorm") ? name.replaceAll("weight$", "gamma").replaceAll("bias$", "beta") : name;
        for (String candidate : List.of(name.substring(dropped), legacy.substring(dropped))) {
            if (file.contains(candidate)) {
                return candidate;
            }
        }
        return name.equals(ModelFiles.WORDS) && isGenerator() && file.contains(ModelFiles.OUTPUT_WORDS)
                ? ModelFiles.OUTPUT_WORDS
                : null;
    }

    private void check(String name, Shape shape) throws IOException {
        file.requireShape(name, shape);
        if (!file.dtype(name).matches("B?F\\d+")) {
            throw new IOException(file + ": " + name + " must be F32, F16, BF16 or F64, got " + file.dtype(name));
        }
    }

    private static String hint(Set<String> left) {
        boolean discriminator = left.stream().anyMatch(name -> name.startsWith("discriminator."));
        boolean generator = left.stream().anyMatch(name -> name.startsWith("generator."));
        return discriminator && generator
                ? "; expected one network a file: save discriminator and generator apart, each with its config.json"
                : "";
    }

    /** Names and shapes. */
    Map<String, Shape> shapes() {
        return shapes;
    }

    /** A tensor's values, row-major, as float32. */
    float[] floats(String name) throws IOException {
        return file.floats(names.get(name));
    }

    /** The types that the file stores, each once. */
    Set<String> types() {
        Set<String> types = new LinkedHashSet<>();
        names.values().forEach(name -> types.add(file.dtype(name)));
        return types;
    }

    /** Number of values. */
    long parameters() {
        return shapes.values().stream().mapToLong(Shape::size).sum();
    }
}
