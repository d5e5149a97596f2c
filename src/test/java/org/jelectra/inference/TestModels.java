package org.jelectra.inference;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.Golden;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.GoldenConfig;
import org.jelectra.electra.MaskedTokenHead;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.JointSpanHead;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.io.SafetensorsReader;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;

/** Writes small models of every kind; token number n is the word {@code tn}. */
public final class TestModels {

    static final int VOCABULARY = 122;
    static final int MAX_LENGTH = 64;

    private static final EncoderConfig CONFIG =
            new EncoderConfig(VOCABULARY, 16, 32, 2, 4, 64, MAX_LENGTH, 2, 0.1f, 0.1f, 1e-12f, 0.3f);

    private TestModels() {}

    /** A classifier with random weights. */
    public static Path classifier(Path folder, List<String> labels) throws IOException {
        return random(
                folder,
                (arena, sizes) -> new ClassificationHead(arena, sizes, labels.size()),
                TaskModelFiles.SEQUENCE_CLASSIFICATION,
                labels,
                new JsonObject());
    }

    /** A regressor with random weights. */
    public static Path regressor(Path folder, double scale) throws IOException {
        JsonObject further = new JsonObject();
        further.addProperty(TaskModelFiles.SCALE, scale);
        return random(
                folder,
                (arena, sizes) -> new ClassificationHead(arena, sizes, 1),
                TaskModelFiles.SEQUENCE_CLASSIFICATION,
                List.of("LABEL_0"),
                further);
    }

    /** A model of the linear head, of so many labels, with more entries of {@code config.json}. */
    public static Path linear(Path folder, List<String> labels, JsonObject further) throws IOException {
        return random(
                folder,
                SequenceHead.LINEAR.withOutputs(labels.size()),
                TaskModelFiles.LINEAR_SEQUENCE_CLASSIFICATION,
                labels,
                further);
    }

    /** A tagger with random weights. */
    public static Path tagger(Path folder, List<String> labels) throws IOException {
        return random(
                folder,
                (arena, sizes) -> new TokenClassificationHead(arena, sizes, labels.size()),
                TaskModelFiles.TOKEN_CLASSIFICATION,
                labels,
                new JsonObject());
    }

    /** A question answering model with random weights. */
    public static Path reader(Path folder) throws IOException {
        return random(folder, SpanHead::new, TaskModelFiles.QUESTION_ANSWERING, List.of(), new JsonObject());
    }

    /** The same with the joint head. */
    public static Path jointReader(Path folder) throws IOException {
        return random(folder, JointSpanHead::new, TaskModelFiles.JOINT_QUESTION_ANSWERING, List.of(), new JsonObject());
    }

    private static <H> Path random(
            Path folder,
            EncoderWithHead.HeadFactory<H> head,
            String architecture,
            List<String> labels,
            JsonObject further)
            throws IOException {
        try (Backend backend = CpuBackend.create(1)) {
            return save(new EncoderWithHead<>(backend, CONFIG, head, 11), folder, architecture, labels, further);
        }
    }

    /** The generator of a golden file of pre-training. */
    static Path goldenGenerator(String name, Path folder) throws IOException {
        return golden(
                name,
                "generator_config",
                "param.generator.",
                folder,
                (arena, sizes) -> new MaskedTokenHead(arena, "", sizes),
                ModelFiles.ELECTRA_FOR_MASKED_LM,
                List.of(),
                new JsonObject());
    }

    /** A generator with random weights. */
    public static Path generator(Path folder) throws IOException {
        return random(
                folder,
                (arena, sizes) -> new MaskedTokenHead(arena, "", sizes),
                ModelFiles.ELECTRA_FOR_MASKED_LM,
                List.of(),
                new JsonObject());
    }

    /** The model of a golden file. */
    static <H> Path golden(
            String name,
            Path folder,
            EncoderWithHead.HeadFactory<H> head,
            String architecture,
            List<String> labels,
            JsonObject further)
            throws IOException {
        return golden(name, "config", "param.", folder, head, architecture, labels, further);
    }

    private static <H> Path golden(
            String name,
            String configuration,
            String prefix,
            Path folder,
            EncoderWithHead.HeadFactory<H> head,
            String architecture,
            List<String> labels,
            JsonObject further)
            throws IOException {
        JsonObject sizes = Golden.json(name).getAsJsonObject(configuration);
        EncoderConfig config = GoldenConfig.encoder(sizes);
        try (Backend backend = CpuBackend.create(1);
                SafetensorsReader golden = Golden.safetensors(name)) {
            EncoderWithHead<H> model = new EncoderWithHead<>(backend, config, head, 0);
            for (Parameter parameter : model.parameters().parameters()) {
                backend.upload(golden.floats(prefix + parameter.name()), 0, parameter.value());
            }
            return save(model, folder, architecture, labels, further);
        }
    }

    private static Path save(
            EncoderWithHead<?> model, Path folder, String architecture, List<String> labels, JsonObject further)
            throws IOException {
        TaskModelFiles.save(model, 0, folder, architecture, labels, further);
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (int id = tokens.size(); id < VOCABULARY; id++) {
            tokens.add("t" + id);
        }
        new TokenizerFiles(Vocabulary.of(tokens), WordPieceOptions.uncased(), MAX_LENGTH).save(folder);
        return folder;
    }

    /** A text of so many words. */
    static String text(int words, int seed) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? "" : " ").append('t').append(5 + (7 * i + 31 * seed + i * i) % (VOCABULARY - 5));
        }
        return text.toString();
    }
}
