package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.Golden;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.SpanHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.io.SafetensorsReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heads' golden numbers come out of the API: from files and text to labels, scores and answers. */
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
                    Classification.Candidate candidate = found.get(row).labels().get(i);
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
