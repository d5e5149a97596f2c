package org.jelectra.exchange;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jelectra.io.TensorFile;

/**
 * One network in a checkpoint of ELECTRA's original code, under HuggingFace's names. The code's matrices are [inputs, outputs],
 * HuggingFace's are transposed.
 */
final class OriginalNetwork implements TensorFile {

    private static final String KERNEL = "/kernel";

    private final TensorFile checkpoint;
    private final Architecture architecture;
    private final String encoder;
    private final Map<String, String> originals = new LinkedHashMap<>();

    /**
     * Finds the network's tensors; none is checked.
     *
     * @param embeddings scope of its embeddings, {@code electra} or {@code generator}
     * @param encoder scope of its layers and of the projection of the embeddings
     */
    OriginalNetwork(TensorFile checkpoint, Architecture architecture, String embeddings, String encoder) {
        this.checkpoint = checkpoint;
        this.architecture = architecture;
        this.encoder = encoder;
        for (String name : checkpoint.names()) {
            boolean own = name.startsWith(embeddings + "/embeddings/")
                    || name.startsWith(encoder + "/encoder/")
                    || name.startsWith(encoder + "/embeddings_project/")
                    || architecture.network() != null && name.startsWith(head(architecture));
            if (own && !OriginalCheckpoint.isPassedOver(name, checkpoint)) {
                originals.put(name(name), name);
            }
        }
    }

    /** What the names of a head's tensors begin with. */
    static String head(Architecture architecture) {
        return architecture.network() + "_predictions/";
    }

    private static String name(String original) {
        return original.replaceFirst("^(electra|generator)/", "electra/")
                .replaceFirst("^generator_predictions/output_bias$", "generator_lm_head/bias")
                .replaceFirst("^(discriminator_predictions/dense)_1/", "$1_prediction/")
                .replaceFirst("/layer_(\\d+)/", "/layer/$1/")
                .replaceFirst("(/kernel|/gamma|_embeddings)$", "$1/weight")
                .replaceFirst("/(kernel|gamma)/weight$", "/weight")
                .replaceFirst("/beta$", "/bias")
                .replace('/', '.');
    }

    /** HuggingFace's class. */
    Architecture architecture() {
        return architecture;
    }

    /** Scope of its layers. */
    String encoder() {
        return encoder;
    }

    /** The checkpoint's names of all tensors. */
    List<String> originals() {
        return List.copyOf(originals.values());
    }

    @Override
    public List<String> names() {
        return List.copyOf(originals.keySet());
    }

    @Override
    public boolean contains(String name) {
        return originals.containsKey(name);
    }

    @Override
    public long[] shape(String name) {
        long[] shape = checkpoint.shape(original(name));
        return isTransposed(name) ? new long[] {shape[1], shape[0]} : shape;
    }

    @Override
    public String dtype(String name) {
        return checkpoint.dtype(original(name));
    }

    @Override
    public float[] floats(String name) throws IOException {
        float[] values = checkpoint.floats(original(name));
        if (!isTransposed(name)) {
            return values;
        }
        int rows = (int) shape(name)[0];
        int columns = (int) shape(name)[1];
        float[] transposed = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[row * columns + column] = values[column * rows + row];
            }
        }
        return transposed;
    }

    private boolean isTransposed(String name) {
        String original = original(name);
        return original.endsWith(KERNEL) && checkpoint.shape(original).length == 2;
    }

    @Override
    public long sharedBytes() {
        return checkpoint.sharedBytes();
    }

    private String original(String name) {
        String original = originals.get(name);
        if (original == null) {
            throw new NoSuchElementException(
                    "no tensor \"" + name + "\" among the " + originals.size() + " of a network");
        }
        return original;
    }

    @Override
    public void close() throws IOException {
        checkpoint.close();
    }
}
