package org.jelectra.exchange;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jelectra.Golden;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Objective;
import org.jelectra.electra.Sharing;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.io.Json;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.io.TestTensor;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/** Model directories for tests. */
public final class Folders {

    static final int VOCABULARY = 122;
    static final String WORDS = ModelFiles.WORDS;
    static final String OUTPUT_WORDS = ModelFiles.OUTPUT_WORDS;

    private Folders() {}

    /** Both networks with random weights, as a run leaves them. */
    public static Path run(Path folder) throws IOException {
        EncoderConfig large = config(32, 4);
        EncoderConfig small = config(16, 2);
        try (Backend backend = CpuBackend.create(1)) {
            ElectraConfig sizes = new ElectraConfig(large, small, Sharing.EMBEDDINGS, Objective.ELECTRA);
            for (Path network : ModelFiles.save(new ElectraModel(backend, sizes, 3), 0, folder)) {
                tokenizer(VOCABULARY).save(network);
            }
        }
        return folder;
    }

    private static EncoderConfig config(int hidden, int heads) {
        return new EncoderConfig(VOCABULARY, 16, hidden, 2, heads, 64, 64, 2, 0.1f, 0.1f, 1e-12f, 0.3f);
    }

    /** A tokenizer of so many tokens, the special ones first. */
    public static TokenizerFiles tokenizer(int size) {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (int id = tokens.size(); id < size; id++) {
            tokens.add(id % 3 == 0 ? "##t" + id : "t" + id);
        }
        return new TokenizerFiles(Vocabulary.of(tokens), WordPieceOptions.uncased(), 64);
    }

    /** Writes a tokenizer's {@code tokenizer.json}. */
    public static void fastTokenizer(TokenizerFiles files, Path folder) throws IOException {
        new FastTokenizerWriter(files).write(folder);
    }

    /** The tensors of a golden file below a prefix, as a HuggingFace directory. */
    static Path golden(Path folder, String name, String prefix, String sizes, String architecture) throws IOException {
        Map<String, TestTensor> tensors = new LinkedHashMap<>();
        try (SafetensorsReader golden = Golden.safetensors(name)) {
            for (String tensor : golden.names()) {
                // the position numbers are integers, which the writer does not have; the files of PyTorch keep them
                if (tensor.startsWith(prefix) && golden.dtype(tensor).equals("F32")) {
                    String own = tensor.substring(prefix.length());
                    tensors.put(own, TestTensor.read(golden, tensor).named(own));
                }
            }
        }
        write(folder, tensors);
        goldenConfig(folder, name, sizes, architecture);
        return folder;
    }

    /** {@code config.json} and the tokenizer's files of a golden model. */
    static JsonObject goldenConfig(Path folder, String name, String sizes, String architecture) throws IOException {
        Files.createDirectories(folder);
        JsonObject config = Golden.json(name).getAsJsonObject(sizes);
        config.add(
                "architectures",
                Json.parse("{\"a\": [\"" + architecture + "\"]}", "test").get("a"));
        int labels = Golden.json(name).has("num_labels")
                ? Golden.json(name).get("num_labels").getAsInt()
                : 2;
        JsonObject id2label = new JsonObject();
        for (int i = 0; i < labels; i++) {
            id2label.addProperty(Integer.toString(i), "label " + i);
        }
        config.add("id2label", id2label);
        Json.write(folder.resolve("config.json"), config);
        tokenizer(config.get("vocab_size").getAsInt()).save(folder);
        return config;
    }

    static void write(Path folder, Map<String, TestTensor> tensors) throws IOException {
        Files.createDirectories(folder);
        TestTensor.write(folder.resolve("model.safetensors"), tensors.values());
    }

    /** Changes the tensors of a folder. */
    static void change(Path folder, Consumer<Map<String, TestTensor>> change) throws IOException {
        Map<String, TestTensor> tensors = new LinkedHashMap<>();
        Path file = folder.resolve("model.safetensors");
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            for (String name : reader.names()) {
                tensors.put(name, TestTensor.read(reader, name));
            }
        }
        change.accept(tensors);
        write(folder, tensors);
    }

    /** Stores all tensors in 8 bytes an element, as type F64 or I64. */
    public static void widen(Path folder, String type) throws IOException {
        Path file = folder.resolve("model.safetensors");
        JsonObject header = new JsonObject();
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            for (String name : reader.names()) {
                float[] floats = reader.floats(name);
                ByteBuffer bytes = ByteBuffer.allocate(8 * floats.length).order(ByteOrder.LITTLE_ENDIAN);
                for (float value : floats) {
                    if (type.equals("F64")) {
                        bytes.putDouble(value);
                    } else {
                        bytes.putLong((long) value);
                    }
                }
                String entry = "{\"dtype\": \"" + type + "\", \"shape\": " + Arrays.toString(reader.shape(name))
                        + ", \"data_offsets\": [" + values.size() + ", " + (values.size() + 8 * floats.length) + "]}";
                header.add(name, Json.parse(entry, "test"));
                values.writeBytes(bytes.array());
            }
        }
        byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer whole = ByteBuffer.allocate(8 + text.length + values.size()).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                file,
                whole.putLong(text.length).put(text).put(values.toByteArray()).array());
    }

    /** Gives tensors other names; null drops one. */
    static void rename(Path folder, UnaryOperator<String> names) throws IOException {
        change(folder, tensors -> {
            List<TestTensor> entries = List.copyOf(tensors.values());
            tensors.clear();
            for (TestTensor entry : entries) {
                String name = names.apply(entry.name());
                if (name != null) {
                    tensors.put(name, entry.named(name));
                }
            }
        });
    }

    /** Copies a folder's encoder as HuggingFace's {@code ElectraModel} is saved: without its prefix and without a head. */
    public static Path encoder(Path model, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : list(model)) {
            Files.copy(model.resolve(name), folder.resolve(name));
        }
        rename(folder, name -> name.startsWith("electra.") ? name.substring("electra.".length()) : null);
        architecture(folder, "ElectraModel");
        return folder;
    }

    /** Changes the class that {@code config.json} names. */
    static void architecture(Path folder, String architecture) throws IOException {
        JsonArray names = new JsonArray();
        names.add(architecture);
        json(folder.resolve("config.json"), json -> json.add("architectures", names));
    }

    /** Divides the weights among so many files with an index, neighbours in different ones. */
    static void shard(Path folder, int count) throws IOException {
        Path whole = folder.resolve("model.safetensors");
        List<List<TestTensor>> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(new ArrayList<>());
        }
        Map<String, String> map = new LinkedHashMap<>();
        change(folder, tensors -> {
            for (TestTensor entry : tensors.values()) {
                int file = map.size() % count;
                files.get(file).add(entry);
                map.put(entry.name(), shardName(file, count));
            }
        });
        for (int i = 0; i < count; i++) {
            TestTensor.write(folder.resolve(shardName(i, count)), files.get(i));
        }
        Files.delete(whole);
        index(folder.resolve("model.safetensors.index.json"), map);
    }

    private static String shardName(int index, int count) {
        return String.format("model-%05d-of-%05d.safetensors", index + 1, count);
    }

    /** Writes an index that gives each tensor its file. */
    static void index(Path file, Map<String, String> map) throws IOException {
        JsonObject files = new JsonObject();
        map.forEach(files::addProperty);
        JsonObject index = new JsonObject();
        index.add("metadata", new JsonObject());
        index.add("weight_map", files);
        Json.write(file, index);
    }

    /** Changes a JSON file of a folder. */
    public static void json(Path file, Consumer<JsonObject> change) throws IOException {
        JsonObject json = Json.read(file);
        change.accept(json);
        Json.write(file, json);
    }

    /** All tensors of a folder's {@code model.safetensors}. */
    static Map<String, List<Float>> tensors(Path folder) throws IOException {
        Map<String, List<Float>> tensors = new LinkedHashMap<>();
        try (SafetensorsReader reader = SafetensorsReader.open(folder.resolve("model.safetensors"))) {
            for (String name : reader.names()) {
                List<Float> values = new ArrayList<>();
                for (float value : reader.floats(name)) {
                    values.add(value);
                }
                tensors.put(name, values);
            }
        }
        return tensors;
    }

    /** A golden model as TensorFlow wrote it, with a vocabulary beside it. */
    public static Path checkpoint(Path folder, String name) throws IOException {
        int shards = name.equals("b") ? 2 : 1;
        List<String> files = new ArrayList<>(List.of("checkpoint", "model.ckpt-7.index"));
        for (int i = 0; i < shards; i++) {
            files.add(String.format("model.ckpt-7.data-%05d-of-%05d", i, shards));
        }
        for (String file : files) {
            resource("tensorflow/" + name + "/" + file, folder.resolve(file));
        }
        int tokens = Golden.json("pretrain_" + name)
                .getAsJsonObject("generator_config")
                .get("vocab_size")
                .getAsInt();
        tokenizer(tokens).vocabulary().write(folder.resolve("vocab.txt"));
        return folder;
    }

    static Path resource(String name, Path target) throws IOException {
        try (InputStream in = Folders.class.getResourceAsStream(name)) {
            Files.createDirectories(target.getParent());
            Files.copy(in, target);
        }
        return target;
    }

    static List<String> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
