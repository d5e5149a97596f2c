import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jelectra.io.SafetensorsReader;
import org.tensorflow.EagerSession;
import org.tensorflow.Operand;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * Writes the checkpoints of this folder and of io/tensorflow with TensorFlow (made with org.tensorflow:tensorflow-core-api:1.1.0
 * and tensorflow-core-native:1.1.0 for linux-x86_64, which run TensorFlow 2.18): the golden models under the names of ELECTRA's
 * original code, through the operations that tf.train.Saver uses.
 *
 * <p>java -cp "target/classes:GSON.jar:TENSORFLOW/*" WriteCheckpoints.java GOLDEN OUTPUT
 */
final class WriteCheckpoints {

    private final Ops tf = Ops.create(EagerSession.getDefault());

    public static void main(String[] arguments) throws IOException {
        System.out.println("TensorFlow " + TensorFlow.version());
        Path golden = Path.of(arguments[0]);
        Path output = Files.createDirectories(Path.of(arguments[1]));
        WriteCheckpoints writer = new WriteCheckpoints();
        writer.model(golden.resolve("pretrain_a.safetensors"), output.resolve("a"), 1, false);
        writer.model(golden.resolve("pretrain_b.safetensors"), output.resolve("b"), 2, false);
        writer.model(golden.resolve("pretrain_c.safetensors"), output.resolve("c"), 1, true);
        writer.types(output.resolve("types"));
        writer.slices(output.resolve("slices"));
    }

    private void model(Path golden, Path folder, int shards, boolean training) throws IOException {
        TreeMap<String, Operand<?>> variables = new TreeMap<>();
        try (SafetensorsReader file = SafetensorsReader.open(golden)) {
            for (String name : file.names()) {
                String original = original(name);
                if (original != null) {
                    long[] shape = file.shape(name);
                    float[] values = file.floats(name);
                    if (original.endsWith("kernel")) {
                        values = transposed(values, (int) shape[0], (int) shape[1]);
                        shape = new long[] {shape[1], shape[0]};
                    }
                    variables.put(original, floats(shape, values));
                    if (training) {
                        variables.put(original + "/adam_m", floats(shape, new float[values.length]));
                        variables.put(original + "/adam_v", floats(shape, new float[values.length]));
                    }
                }
            }
        }
        if (training) {
            variables.put("global_step", tf.constantOf(TInt64.scalarOf(7)));
        }
        Files.createDirectories(folder);
        save(folder.resolve("model.ckpt-7"), shards, variables);
        Files.writeString(
                folder.resolve("checkpoint"),
                "model_checkpoint_path: \"model.ckpt-7\"\nall_model_checkpoint_paths: \"model.ckpt-7\"\n");
    }

    /** The original name of a golden tensor; null where the checkpoint has none or another tensor is the same. */
    private static String original(String golden) {
        boolean generator = golden.startsWith("param.generator.");
        if (!generator && !golden.startsWith("param.discriminator.")
                || golden.endsWith("position_ids")
                || golden.endsWith("generator_lm_head.weight")
                || generator && golden.contains(".electra.embeddings.")) {
            return null;
        }
        String name = golden.replaceFirst("^param\\.[a-z]+\\.", "");
        if (name.equals("generator_lm_head.bias")) {
            return "generator_predictions/output_bias";
        }
        name = name.replaceFirst("^electra\\.", generator ? "generator." : "electra.")
                .replace("layer.", "layer_")
                .replace("dense_prediction", "dense_1")
                .replaceFirst("LayerNorm\\.weight$", "LayerNorm.gamma")
                .replaceFirst("LayerNorm\\.bias$", "LayerNorm.beta")
                .replaceFirst("_embeddings\\.weight$", "_embeddings")
                .replaceFirst("\\.weight$", ".kernel");
        return name.replace('.', '/');
    }

    private static float[] transposed(float[] values, int rows, int columns) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i % columns * rows + i / columns] = values[i];
        }
        return result;
    }

    private Operand<TFloat32> floats(long[] shape, float[] values) {
        return tf.constantOf(TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values)));
    }

    /** A tensor of every kind that a reader may meet. */
    private void types(Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, Operand<?>> tensors = new LinkedHashMap<>();
        float[] values = {0, -1.5f, 3.25f, 1e-5f, 65504, -0.0f};
        Shape shape = Shape.of(2, 3);
        tensors.put("bfloat16", tf.constantOf(TBfloat16.tensorOf(shape, DataBuffers.of(values))));
        tensors.put("bool", tf.constantOf(TBool.vectorOf(true, false)));
        tensors.put("empty", floats(new long[] {0, 3}, new float[0]));
        tensors.put("float16", tf.constantOf(TFloat16.tensorOf(shape, DataBuffers.of(values))));
        tensors.put("float32", floats(new long[] {2, 3}, values));
        double[] doubles = {0, -1.5, 3.25, 1e-5, 65504, Math.PI};
        tensors.put("float64", tf.constantOf(TFloat64.tensorOf(shape, DataBuffers.of(doubles))));
        tensors.put("int32", tf.constantOf(TInt32.vectorOf(1, -2)));
        tensors.put("int64", tf.constantOf(TInt64.vectorOf(1, -2)));
        tensors.put("scalar", floats(new long[0], new float[] {42}));
        tensors.put("text", tf.constantOf(TString.vectorOf("some", "words")));
        save(folder.resolve("model"), 1, tensors);
    }

    /** A variable in two parts, as tf.get_variable makes it with a partitioner. */
    private void slices(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path part = folder.resolve("part");
        tf.train.save(
                tf.constant(part.toString()),
                strings("words", "words"),
                strings("4 3 0,2:-", "4 3 2,2:-"),
                List.of(floats(new long[] {2, 3}, new float[6]), floats(new long[] {2, 3}, new float[6])));
        tf.train.mergeV2Checkpoints(
                strings(part.toString()), tf.constant(folder.resolve("model").toString()));
    }

    private void save(Path prefix, int shards, Map<String, Operand<?>> tensors) {
        List<List<String>> names = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            names.add(new ArrayList<>());
        }
        int next = 0;
        for (String name : tensors.keySet()) {
            names.get(next++ % shards).add(name);
        }
        List<String> parts = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            String part = tf.io.shardedFilename(
                            tf.constant(prefix + "_temp/part"), tf.constant(shard), tf.constant(shards))
                    .asTensor()
                    .getObject();
            List<Operand<?>> values = new ArrayList<>();
            names.get(shard).forEach(name -> values.add(tensors.get(name)));
            String[] whole = new String[values.size()];
            Arrays.fill(whole, "");
            tf.train.save(tf.constant(part), strings(names.get(shard).toArray(String[]::new)), strings(whole), values);
            parts.add(part);
        }
        tf.train.mergeV2Checkpoints(strings(parts.toArray(String[]::new)), tf.constant(prefix.toString()));
    }

    private Operand<TString> strings(String... values) {
        return tf.constantOf(TString.vectorOf(values));
    }
}
