package org.jelectra.io.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jelectra.io.ProtobufReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a model, taken apart field by field with the numbers of {@code onnx.proto}. */
@Tag("every-jdk")
class OnnxWriterTest {

    private static final OnnxValue X =
            OnnxValue.of("x", OnnxType.FLOAT, OnnxValue.Size.free("rows"), OnnxValue.Size.fixed(300));
    private static final OnnxValue Y = OnnxValue.of("y", OnnxType.FLOAT, OnnxValue.Size.free("rows"));

    @TempDir
    private Path directory;

    private static OnnxModel model(List<OnnxNode> nodes, OnnxTensor... tensors) {
        return new OnnxModel(
                new OnnxModel.Producer("maker", "1.2"),
                "graph",
                17,
                nodes,
                List.of(X),
                List.of(Y),
                List.of(tensors),
                Map.of("key", "värde"));
    }

    private static OnnxNode node(String operator, String output, String... inputs) {
        return new OnnxNode(operator, output + "_node", List.of(inputs), output, List.of());
    }

    @Test
    void everyFieldIsWhereReadersLook() throws IOException {
        OnnxNode product = new OnnxNode(
                "MatMul",
                "product",
                List.of("x", "w"),
                "y",
                List.of(OnnxAttribute.of("i", -1), OnnxAttribute.of("f", 1e-12f), OnnxAttribute.of("list", new long[] {
                    0, 2, 300
                })));
        OnnxTensor w = OnnxTensor.floats("w", () -> floats(300 * 2000), 300, 2000);
        OnnxTensor axes = OnnxTensor.longs("axes", new long[] {-1, 1L << 40}, 2);
        Path file = directory.resolve("new/model.onnx");
        OnnxModel model = model(List.of(node("Squeeze", "z", "x", "axes"), product), w, axes);

        long bytes = OnnxWriter.write(file, model);

        assertThat(Files.size(file)).isEqualTo(bytes);
        ProtobufReader read = ProtobufReader.read(file);
        assertThat(read.fields()).containsExactlyInAnyOrder(1, 2, 3, 7, 8, 14);
        assertThat(read.integers(1)).containsExactly(8L);
        assertThat(read.text(2)).isEqualTo("maker");
        assertThat(read.text(3)).isEqualTo("1.2");
        assertThat(read.message(8).text(1)).isEmpty();
        assertThat(read.message(8).integers(2)).containsExactly(17L);
        assertThat(read.message(14).text(1)).isEqualTo("key");
        assertThat(read.message(14).text(2)).isEqualTo("värde");
        ProtobufReader graph = read.message(7);
        assertThat(graph.fields()).containsExactlyInAnyOrder(1, 2, 5, 11, 12);
        assertThat(graph.text(2)).isEqualTo("graph");
        checkNode(graph.messages(1).get(1));
        checkTensors(graph.messages(5));
        ProtobufReader type = graph.message(11).message(2).message(1);
        assertThat(graph.message(11).text(1)).isEqualTo("x");
        assertThat(type.integers(1)).containsExactly(1L);
        List<ProtobufReader> sizes = type.message(2).messages(1);
        assertThat(sizes.get(0).text(2)).isEqualTo("rows");
        assertThat(sizes.get(1).integers(1)).containsExactly(300L);
        assertThat(graph.message(12).text(1)).isEqualTo("y");
        assertThat(X).hasToString("x float32 [rows, 300]");
    }

    private static void checkNode(ProtobufReader node) {
        assertThat(node.texts(1)).containsExactly("x", "w");
        assertThat(node.texts(2)).containsExactly("y");
        assertThat(node.text(3)).isEqualTo("product");
        assertThat(node.text(4)).isEqualTo("MatMul");
        List<ProtobufReader> attributes = node.messages(5);
        assertThat(attributes.get(0).text(1)).isEqualTo("i");
        assertThat(attributes.get(0).integers(3)).containsExactly(-1L);
        assertThat(attributes.get(0).integers(20)).containsExactly(2L);
        assertThat(attributes.get(1).floats(2)).containsExactly(1e-12f);
        assertThat(attributes.get(1).integers(20)).containsExactly(1L);
        assertThat(attributes.get(2).integers(8)).containsExactly(0L, 2L, 300L);
        assertThat(attributes.get(2).integers(20)).containsExactly(7L);
    }

    private static void checkTensors(List<ProtobufReader> tensors) {
        ProtobufReader weights = tensors.get(0);
        assertThat(weights.text(8)).isEqualTo("w");
        assertThat(weights.integers(1)).containsExactly(300L, 2000L);
        assertThat(weights.integers(2)).containsExactly(1L);
        ByteBuffer raw = weights.bytes(9);
        float[] values = new float[600_000];
        raw.asFloatBuffer().get(values);
        assertThat(raw.remaining()).isEqualTo(2_400_000);
        assertThat(values).isEqualTo(floats(600_000));
        ProtobufReader axes = tensors.get(1);
        assertThat(axes.integers(2)).containsExactly(7L);
        assertThat(axes.bytes(9).getLong(0)).isEqualTo(-1);
        assertThat(axes.bytes(9).getLong(8)).isEqualTo(1L << 40);
    }

    private static float[] floats(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i * 0.37f - 5;
        }
        return values;
    }

    @Test
    void moreThanReadersTakeIsRefusedBeforeAnythingIsRead() {
        OnnxTensor large = OnnxTensor.floats(
                "w",
                () -> {
                    throw new AssertionError("read");
                },
                1 << 15,
                1 << 14);
        Path file = directory.resolve("large.onnx");
        assertThatThrownBy(() -> OnnxWriter.write(file, model(List.of(node("MatMul", "y", "x", "w")), large)))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(
                        ".*large.onnx: the model takes 2,147,483,\\d\\d\\d bytes, but a file of ONNX holds at"
                                + " most 2,147,483,647");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatCannotBeReadLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(directory.resolve("model.onnx"), "old");
        OnnxTensor wrong = OnnxTensor.floats("w", () -> new float[5], 2, 3);
        assertThatThrownBy(() -> OnnxWriter.write(file, model(List.of(node("MatMul", "y", "x", "w")), wrong)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("w: expected 6 values, got 5");
        assertThat(file).hasContent("old");
        assertThat(directory.toFile().list()).containsExactly("model.onnx");
    }

    @Test
    void aGraphMustHoldTogether() {
        OnnxTensor w = OnnxTensor.longs("w", new long[] {1});
        refused("the node y_node reads z, which nothing before it gives", List.of(node("Neg", "y", "z")));
        refused("two values have the name x", List.of(node("Neg", "x", "x")));
        refused("nothing gives the output y", List.of(node("Neg", "z", "x")));
        refused("no node reads the tensors [w]", List.of(node("Neg", "y", "x")), w);
        refused("two values have the name w", List.of(node("Add", "y", "x", "w")), w, w);
        assertThatThrownBy(() -> OnnxTensor.longs("w", new long[3], 2)).hasMessage("w: expected 2 values, got 3");
        assertThatThrownBy(() -> OnnxTensor.longs("w", new long[3], -3)).hasMessage("w: negative size in [-3]");
    }

    private static void refused(String message, List<OnnxNode> nodes, OnnxTensor... tensors) {
        assertThatThrownBy(() -> model(nodes, tensors))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
