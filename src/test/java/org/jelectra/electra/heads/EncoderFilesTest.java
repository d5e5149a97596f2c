package org.jelectra.electra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.io.Sha256;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderFilesTest {

    @TempDir
    private Path folder;

    private Backend backend;

    @BeforeEach
    void open() {
        backend = CpuBackend.create(1);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private static EncoderConfig config(int hidden, int layers) {
        return new EncoderConfig(20, 8, hidden, layers, 2, 16, 12, 2, 0, 0, 1e-12f, 0.02f);
    }

    private EncoderWithHead<ClassificationHead> classifier(EncoderConfig config, int labels, long seed) {
        return new EncoderWithHead<>(
                backend, config, (arena, sizes) -> new ClassificationHead(arena, sizes, labels), seed);
    }

    private float[] values(EncoderWithHead<?> model, String name) {
        Parameter parameter = model.parameters().parameter(name);
        float[] values = new float[(int) parameter.value().size()];
        backend.download(parameter.value(), values, 0);
        return values;
    }

    private EncoderWithHead<ClassificationHead> save() throws IOException {
        EncoderWithHead<ClassificationHead> model = classifier(config(8, 1), 3, 1);
        TaskModelFiles.save(
                model, 0, folder, TaskModelFiles.SEQUENCE_CLASSIFICATION, List.of("a", "b", "c"), new JsonObject());
        return model;
    }

    @Test
    void whatIsSavedIsLoaded() throws IOException {
        EncoderWithHead<ClassificationHead> saved = save();
        EncoderWithHead<ClassificationHead> loaded = classifier(ModelFiles.readConfig(folder), 3, 2);
        EncoderFiles.loadAll(loaded, folder);
        for (Parameter parameter : saved.parameters().parameters()) {
            assertThat(values(loaded, parameter.name()))
                    .as(parameter.name())
                    .isEqualTo(values(saved, parameter.name()));
        }
        assertThat(TaskModelFiles.labels(folder)).containsExactly("a", "b", "c");
    }

    /** A model always becomes the same file; here its values are 0, 0.25, 0.5 and so on. */
    @Test
    void writesTheSameBytes() throws IOException {
        EncoderWithHead<ClassificationHead> model = classifier(config(8, 1), 3, 1);
        Tensor values = model.parameters().values();
        float[] ramp = new float[(int) values.size()];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i * 0.25f;
        }
        backend.upload(ramp, 0, values);
        TaskModelFiles.save(model, 0, folder, TaskModelFiles.SEQUENCE_CLASSIFICATION, List.of(), new JsonObject());
        assertThat(Sha256.of(folder.resolve(ModelFiles.WEIGHTS)))
                .isEqualTo("45a19729545bb630ea870981c14352a3e1aa7148b46f035abda29e0921568cae");
    }

    @Test
    void aModelThatIsNotTrainedHasNoGradients() throws IOException {
        EncoderWithHead<ClassificationHead> saved = save();
        EncoderWithHead<ClassificationHead> model = EncoderWithHead.untrained(
                backend, ModelFiles.readConfig(folder), (arena, sizes) -> new ClassificationHead(arena, sizes, 3));
        assertThat(values(model, "classifier.dense.weight")).containsOnly(0);
        assertThat(model.parameters().gradients()).isNull();
        EncoderFiles.loadAll(model, folder);
        assertThat(values(model, "classifier.dense.weight")).isEqualTo(values(saved, "classifier.dense.weight"));
    }

    @Test
    void anotherHeadKeepsItsOwnWeights() throws IOException {
        EncoderWithHead<ClassificationHead> saved = save();
        EncoderWithHead<ClassificationHead> other = classifier(config(8, 1), 2, 2);
        float[] head = values(other, "classifier.dense.weight");
        EncoderFiles.Report report = EncoderFiles.loadEncoder(other, folder);
        assertThat(report.initialized()).hasSize(4).allMatch(name -> name.startsWith("classifier."));
        assertThat(report.unused()).hasSize(4).allMatch(name -> name.startsWith("classifier."));
        assertThat(values(other, "classifier.dense.weight")).isEqualTo(head);
        String layer = "electra.encoder.layer.0.attention.self.query.weight";
        assertThat(values(other, layer)).isEqualTo(values(saved, layer));
    }

    @Test
    void otherKindsAndShapesStop() throws IOException {
        save();
        assertThatThrownBy(() -> EncoderFiles.loadAll(classifier(config(8, 1), 2, 2), folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("classifier.out_proj.weight must be [2, 8], got [3, 8]");
        assertThatThrownBy(() -> EncoderFiles.loadEncoder(classifier(config(4, 1), 3, 2), folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("must be ");
        assertThatThrownBy(() -> EncoderFiles.loadEncoder(classifier(config(8, 2), 3, 2), folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tensors of the encoder are missing: [electra.encoder.layer.1.");
        EncoderWithHead<TokenClassificationHead> tagger = new EncoderWithHead<>(
                backend, config(8, 1), (arena, sizes) -> new TokenClassificationHead(arena, sizes, 3), 0);
        assertThatThrownBy(() -> EncoderFiles.loadAll(tagger, folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "missing tensors [classifier.weight, classifier.bias], unexpected tensors [classifier.");
        assertThatThrownBy(() -> EncoderFiles.find(folder.resolve("nothing")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a model");
    }
}
