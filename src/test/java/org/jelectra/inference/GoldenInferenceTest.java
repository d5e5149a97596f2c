package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jelectra.Golden;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.MaskedTokenHead;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.MaskedTokenScorer;
import org.jelectra.io.SafetensorsReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heads' golden numbers come out of the API: from files and text to labels, scores and answers. */
@Tag("every-jdk")
class GoldenInferenceTest {

    private static final int LENGTH = 20;
    private static final float TOLERANCE = 3e-5f;

    @TempDir
    private Path directory;

    private InferenceOptions options;

    /** Opens a backend. */
    protected Backend backend() {
        return CpuBackend.create(2);
    }

    @BeforeEach
    void open() {
        options = new InferenceOptions(this::backend, 4);
    }

    /** The text between a row's separators: part 0 between [CLS] and [SEP], part 1 between that and the last [SEP]. */
    private static String part(long[] ids, int row, int part) {
        List<String> words = new ArrayList<>();
        int separators = 0;
        for (int i = 1; i < LENGTH && separators <= part; i++) {
            long id = ids[row * LENGTH + i];
            if (id == 3) {
                separators++;
            } else if (separators == part) {
                words.add(id == 1 ? "unknown" : "t" + id);
            }
        }
        return String.join(" ", words);
    }

    private static List<TextInput> pairs(SafetensorsReader golden) throws IOException {
        long[] ids = golden.longs("input_ids");
        List<TextInput> pairs = new ArrayList<>();
        for (int row = 0; row < ids.length / LENGTH; row++) {
            pairs.add(TextInput.of(part(ids, row, 0), part(ids, row, 1)));
        }
        return pairs;
    }

    @Test
    void labels() throws IOException {
        List<String> names = List.of("yes", "no", "maybe");
        TestModels.golden(
                "finetune_cls",
                directory,
                (arena, sizes) -> new ClassificationHead(arena, sizes, names.size()),
                TaskModelFiles.SEQUENCE_CLASSIFICATION,
                names,
                new JsonObject());
        try (SafetensorsReader golden = Golden.safetensors("finetune_cls");
                TextClassifier classifier = TextClassifier.load(directory, options)) {
            assertThat(classifier.labels()).isEqualTo(names);
            float[] logits = golden.floats("logits");
            List<Classification> found = classifier.classify(pairs(golden));
            for (int row = 0; row < found.size(); row++) {
                double sum = 0;
                for (int i = 0; i < 3; i++) {
                    sum += Math.exp(logits[3 * row + i]);
                }
                for (int i = 0; i < 3; i++) {
                    Classification.Candidate candidate =
                            found.get(row).candidates().get(i);
                    assertThat(candidate.label()).isEqualTo(names.get(i));
                    assertThat(candidate.logit()).isCloseTo(logits[3 * row + i], within(TOLERANCE));
                    assertThat(candidate.probability())
                            .isCloseTo(Math.exp(logits[3 * row + i]) / sum, within((double) TOLERANCE));
                }
                assertThat(found.get(row).best().label()).isEqualTo("yes");
            }
        }
    }

    @Test
    void numbers() throws IOException {
        JsonObject scale = new JsonObject();
        scale.addProperty("regression_scale", 5);
        TestModels.golden(
                "finetune_reg",
                directory,
                (arena, sizes) -> new ClassificationHead(arena, sizes, 1),
                TaskModelFiles.SEQUENCE_CLASSIFICATION,
                List.of("LABEL_0"),
                scale);
        try (SafetensorsReader golden = Golden.safetensors("finetune_reg");
                TextRegressor regressor = TextRegressor.load(directory, options)) {
            float[] logits = golden.floats("logits");
            List<Double> scores = regressor.scores(pairs(golden));
            assertThat(scores).hasSize(4);
            assertThat(regressor.score("t5 t17"))
                    .isEqualTo(regressor.scores(List.of(TextInput.of("t5 t17"))).get(0));
            assertThat(regressor.score("t5", "t17"))
                    .isEqualTo(
                            regressor.scores(List.of(TextInput.of("t5", "t17"))).get(0));
            for (int row = 0; row < scores.size(); row++) {
                assertThat(scores.get(row)).isCloseTo(5 * logits[row], within(5.0 * TOLERANCE));
            }
        }
    }

    /** The last row is one text; the others are pairs, as a generator is trained on and {@link MaskFiller} does not read. */
    @Test
    void masks() throws IOException {
        TestModels.goldenGenerator("pretrain_a", directory);
        try (SafetensorsReader golden = Golden.safetensors("pretrain_a");
                MaskFiller filler = MaskFiller.load(directory, options)) {
            long[] ids = golden.longs("masked_input_ids");
            int slots = (int) golden.shape("masked_positions")[1];
            int length = (int) golden.shape("masked_input_ids")[1];
            float[] logits = golden.floats("gen_logits_at_masked");
            assertThat(Arrays.copyOfRange(ids, 3 * length, 3 * length + 6)).containsExactly(2, 44, 4, 85, 22, 3);
            FilledMask mask =
                    filler.fill("t44 [MASK]t85 t22", TestModels.VOCABULARY).get(0);
            assertThat(mask.start()).isEqualTo(4);
            assertThat(mask.end()).isEqualTo(10);
            double sum = 0;
            for (int id = 0; id < TestModels.VOCABULARY; id++) {
                sum += Math.exp(logits[3 * slots * TestModels.VOCABULARY + id]);
            }
            assertThat(mask.candidates()).hasSize(TestModels.VOCABULARY);
            double previous = 1;
            for (FilledMask.Candidate candidate : mask.candidates()) {
                int id = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]").indexOf(candidate.token());
                id = id < 0 ? Integer.parseInt(candidate.token().substring(1)) : id;
                assertThat(candidate.probability())
                        .isLessThanOrEqualTo(previous)
                        .isCloseTo(Math.exp(logits[3 * slots * TestModels.VOCABULARY + id]) / sum, within((double)
                                TOLERANCE));
                previous = candidate.probability();
            }
            assertThat(mask.candidates().get(0).probability()).isGreaterThan(2.0 / TestModels.VOCABULARY);
        }
    }

    @Test
    void scoresAtMasks() throws IOException {
        TestModels.goldenGenerator("pretrain_a", directory);
        try (SafetensorsReader golden = Golden.safetensors("pretrain_a");
                Backend backend = backend()) {
            MaskedTokenScorer scorer = new MaskedTokenScorer(
                    ModelFolder.open(directory)
                            .network(backend, (arena, sizes) -> new MaskedTokenHead(arena, "", sizes)),
                    2,
                    TestModels.MAX_LENGTH,
                    0);
            int slots = (int) golden.shape("masked_positions")[1];
            int length = (int) golden.shape("masked_input_ids")[1];
            List<MaskedTokenScorer.Masked> texts = new ArrayList<>();
            List<float[]> expected = new ArrayList<>();
            for (int row = 0; row < golden.shape("masked_input_ids")[0]; row++) {
                int tokens = sum(golden.longs("attention_mask"), row * length, length);
                int first = tokens - sum(golden.longs("token_type_ids"), row * length, length);
                int[] ids = Arrays.stream(golden.longs("masked_input_ids"), row * length, row * length + tokens)
                        .mapToInt(Math::toIntExact)
                        .toArray();
                int[] places = Arrays.stream(golden.longs("masked_positions"), row * slots, (row + 1) * slots)
                        .mapToInt(Math::toIntExact)
                        .toArray();
                texts.add(new MaskedTokenScorer.Masked(new EncodedText(ids, first), places));
                for (int slot = row * slots; slot < (row + 1) * slots; slot++) {
                    expected.add(Arrays.copyOfRange(
                            golden.floats("gen_logits_at_masked"),
                            slot * TestModels.VOCABULARY,
                            (slot + 1) * TestModels.VOCABULARY));
                }
            }
            List<float[]> found = new ArrayList<>();
            scorer.score(texts, logits -> found.add(logits.clone()));
            assertThat(found).hasSameSizeAs(expected);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i)).containsExactly(expected.get(i), within(TOLERANCE));
            }
        }
    }

    private static int sum(long[] values, int from, int count) {
        return Math.toIntExact(Arrays.stream(values, from, from + count).sum());
    }

    @Test
    void answers() throws IOException {
        TestModels.golden(
                "finetune_qa",
                directory,
                SpanHead::new,
                TaskModelFiles.QUESTION_ANSWERING,
                List.of(),
                new JsonObject());
        try (SafetensorsReader golden = Golden.safetensors("finetune_qa");
                ContextReader reader = ContextReader.load(directory, options)) {
            float[] start = golden.floats("pad.start_logits");
            float[] end = golden.floats("pad.end_logits");
            List<TextInput> pairs = pairs(golden);
            List<Answer> answers = reader.answer(pairs.stream()
                    .map(pair -> new Question(pair.first(), pair.second()))
                    .toList());
            for (int row = 0; row < answers.size(); row++) {
                Answer answer = answers.get(row);
                String[] words = pairs.get(row).second().split(" ");
                int first = row * LENGTH + pairs.get(row).first().split(" ").length + 2;
                Expected expected = Expected.of(start, end, row * LENGTH, first, words.length);
                assertThat(answer.text())
                        .isEqualTo(String.join(" ", List.of(words).subList(expected.from, expected.to + 1)));
                assertThat(pairs.get(row).second().substring(answer.start(), answer.end()))
                        .isEqualTo(answer.text());
                assertThat(answer.score()).isCloseTo(expected.score, within(2.0 * TOLERANCE));
                assertThat(answer.score() + answer.nullOdds())
                        .isCloseTo(start[row * LENGTH] + end[row * LENGTH], within(2 * (double) TOLERANCE));
                assertThat(answer.probability()).isCloseTo(expected.probability, within((double) TOLERANCE));
                assertThat(answer.nullProbability()).isCloseTo(expected.none, within((double) TOLERANCE));
            }
        }
    }

    /** The best span by trying all. */
    private record Expected(int from, int to, double score, double probability, double none) {

        static Expected of(float[] start, float[] end, int cls, int first, int words) {
            double starts = Math.exp(start[cls]);
            double ends = Math.exp(end[cls]);
            int from = 0;
            int to = 0;
            double best = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < words; i++) {
                starts += Math.exp(start[first + i]);
                ends += Math.exp(end[first + i]);
                for (int j = i; j < words; j++) {
                    double score = (double) start[first + i] + end[first + j];
                    if (score > best) {
                        best = score;
                        from = i;
                        to = j;
                    }
                }
            }
            return new Expected(
                    from,
                    to,
                    best,
                    Math.exp(best) / starts / ends,
                    Math.exp((double) start[cls] + end[cls]) / starts / ends);
        }
    }
}
