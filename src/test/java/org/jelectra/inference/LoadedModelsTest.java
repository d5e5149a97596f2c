package org.jelectra.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all loaded models promise: company and threads do not matter, memory does not grow, misuse is a clear error. */
class LoadedModelsTest {

    private static final List<String> LABELS = List.of("B-NP", "I-NP", "O");
    private static final int[] LENGTHS = {3, 50, 0, 17, 30, 61, 5, 44, 12, 90, 1};

    @TempDir
    private Path directory;

    private static InferenceOptions options(int batch) {
        return new InferenceOptions(() -> CpuBackend.create(2), batch);
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (int length : LENGTHS) {
            texts.add(TestModels.text(length, length));
        }
        return texts;
    }

    @Test
    void aTextHasTheSameLabelsInAnyCompany() throws IOException {
        TestModels.classifier(directory, LABELS);
        try (TextClassifier classifier = TextClassifier.load(directory, options(8))) {
            List<TextInput> inputs = new ArrayList<>();
            for (String text : texts()) {
                inputs.add(TextInput.of(text));
                inputs.add(TextInput.of(text, TestModels.text(9, 4)));
            }
            List<Classification> together = classifier.classify(inputs);
            for (int i = 0; i < inputs.size(); i++) {
                Classification alone =
                        classifier.classify(List.of(inputs.get(i))).get(0);
                double sum = 0;
                for (int label = 0; label < LABELS.size(); label++) {
                    assertThat(together.get(i).candidates().get(label).logit())
                            .isCloseTo(alone.candidates().get(label).logit(), within(2e-5f));
                    sum += alone.candidates().get(label).probability();
                }
                assertThat(sum).isCloseTo(1, within(1e-12));
            }
            assertThat(together.get(0)).isNotEqualTo(together.get(1));
            assertThat(classifier.classify(List.of())).isEmpty();
        }
    }

    @Test
    void aTextThatIsCutCanBeTold() throws IOException {
        TestModels.classifier(directory.resolve("classifier"), LABELS);
        TestModels.regressor(directory.resolve("regressor"), 1);
        String first = TestModels.text(60, 1);
        try (TextClassifier classifier = TextClassifier.load(directory.resolve("classifier"), options(1));
                TextRegressor regressor = TextRegressor.load(directory.resolve("regressor"), options(1))) {
            assertThat(classifier.maxLength()).isEqualTo(TestModels.MAX_LENGTH);
            assertThat(regressor.maxLength()).isEqualTo(TestModels.MAX_LENGTH);
            for (int words : new int[] {0, 61, 62, 63}) {
                String text = TestModels.text(words, 2);
                assertThat(classifier.givesAnyNumber()).isFalse();
                int length = classifier.length(TextInput.of(text));
                assertThat(length).isEqualTo(words + 2);
                assertThat(classifier.classify(text).equals(classifier.classify(text + " t9")))
                        .as("a further word is cut off from a text of %d", words)
                        .isEqualTo(length + 1 > classifier.maxLength());
                assertThat(regressor.length(TextInput.of(first, text))).isEqualTo(60 + words + 3);
            }
        }
    }

    @Test
    void aWordHasTheSameTagInAnyCompany() throws IOException {
        TestModels.tagger(directory, LABELS);
        try (WordTagger tagger = WordTagger.load(directory, options(4))) {
            List<List<TaggedWord>> together = tagger.tag(texts());
            for (int i = 0; i < LENGTHS.length; i++) {
                List<TaggedWord> alone = tagger.tag(texts().get(i));
                assertThat(together.get(i)).hasSize(LENGTHS[i]);
                for (int word = 0; word < LENGTHS[i]; word++) {
                    TaggedWord tagged = together.get(i).get(word);
                    assertThat(tagged.word()).isEqualTo(alone.get(word).word());
                    assertThat(tagged.tag()).isEqualTo(alone.get(word).tag());
                    assertThat(tagged.probability())
                            .isCloseTo(alone.get(word).probability(), within(1e-5))
                            .isGreaterThan(1.0 / 3);
                }
            }
            assertThat(together.stream()
                            .flatMap(List::stream)
                            .map(TaggedWord::tag)
                            .distinct())
                    .hasSizeGreaterThan(1);
            TaggedWord last = tagger.tag("t5  (t6 t7)!").get(5);
            assertThat(last.word()).isEqualTo(new Word("!", 11, 12));
            List<TaggedWord> given =
                    tagger.tagWords(List.of(List.of("t5", "", "t7"))).get(0);
            assertThat(given)
                    .extracting(TaggedWord::word)
                    .containsExactly(new Word("t5", 0, 2), new Word("", 3, 3), new Word("t7", 4, 6));
        }
    }

    @Test
    void anAnswerIsTheSameInAnyCompany() throws IOException {
        anAnswerIsTheSameInAnyCompany(TestModels.reader(directory));
    }

    @Test
    void anAnswerOfTheJointHeadIsTheSameInAnyCompany() throws IOException {
        anAnswerIsTheSameInAnyCompany(TestModels.jointReader(directory));
    }

    private void anAnswerIsTheSameInAnyCompany(Path directory) throws IOException {
        try (ContextReader reader = ContextReader.load(directory, options(4))) {
            List<Question> questions = new ArrayList<>();
            for (String text : texts()) {
                questions.add(new Question(TestModels.text(6, 3), text));
            }
            List<Answer> together = reader.answer(questions);
            for (int i = 0; i < LENGTHS.length; i++) {
                Question question = questions.get(i);
                Answer alone = reader.answer(question.question(), question.context());
                Answer found = together.get(i);
                assertThat(question.context().substring(found.start(), found.end()))
                        .isEqualTo(found.text());
                assertThat(found.text()).isEqualTo(alone.text());
                assertThat(found.probability()).isCloseTo(alone.probability(), within(1e-5));
                assertThat(found.nullProbability()).isBetween(0.0, 1.0);
                assertThat(found.text().isEmpty()).isEqualTo(LENGTHS[i] == 0);
                assertThat(found.probability() > 0).isEqualTo(LENGTHS[i] > 0);
            }
        }
    }

    @Test
    void manyThreadsGetWhatOneGets() throws Exception {
        TestModels.classifier(directory, LABELS);
        try (TextClassifier classifier = TextClassifier.load(directory, options(4))) {
            List<List<TextInput>> calls = new ArrayList<>();
            List<List<Classification>> expected = new ArrayList<>();
            for (int call = 0; call < 12; call++) {
                List<TextInput> inputs = new ArrayList<>();
                for (int i = 0; i <= call % 5; i++) {
                    inputs.add(TextInput.of(TestModels.text(3 + 7 * ((call + i) % 8), call)));
                }
                calls.add(inputs);
                expected.add(classifier.classify(inputs));
            }
            ExecutorService threads = Executors.newFixedThreadPool(8);
            List<Future<List<Classification>>> results = new ArrayList<>();
            for (int i = 0; i < 10 * calls.size(); i++) {
                List<TextInput> call = calls.get(i % calls.size());
                Callable<List<Classification>> work = () -> classifier.classify(call);
                results.add(threads.submit(work));
            }
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo(expected.get(i % calls.size()));
            }
            threads.shutdown();
        }
    }

    @Test
    void memoryDoesNotGrow() throws IOException {
        TestModels.classifier(directory, LABELS);
        AtomicLong floats = new AtomicLong();
        InferenceOptions counted = new InferenceOptions(() -> counting(CpuBackend.create(1), floats), 8);
        try (TextClassifier classifier = TextClassifier.load(directory, counted)) {
            classifier.classify("t5");
            classifier.classify(List.of(TextInput.of("t5"), TextInput.of("t6")));
            long reserved = floats.get();
            for (int size = 1; size < 20; size++) {
                List<TextInput> inputs = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    inputs.add(TextInput.of(TestModels.text(70 * i / size, size)));
                }
                classifier.classify(inputs);
            }
            assertThat(floats.get()).isEqualTo(reserved).isPositive();
        }
    }

    private static Backend counting(Backend backend, AtomicLong floats) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("allocate") && arguments[0] == DType.FLOAT32) {
                        floats.addAndGet((Long) arguments[1]);
                    }
                    try {
                        return method.invoke(backend, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void aClosedModelSaysSo() throws IOException {
        TestModels.classifier(directory, LABELS);
        TextClassifier classifier = TextClassifier.load(directory, options(2));
        classifier.close();
        classifier.close();
        assertClosed(directory, () -> classifier.classify("t5"));
        Path folder = TestModels.regressor(directory.resolve("regressor"), 1);
        TextRegressor regressor = TextRegressor.load(folder, options(2));
        regressor.close();
        assertClosed(folder, () -> regressor.score("t5"));
        folder = TestModels.tagger(directory.resolve("tagger"), LABELS);
        WordTagger tagger = WordTagger.load(folder, options(2));
        assertThat(tagger.labels()).isEqualTo(LABELS);
        VectorEncoder encoder = VectorEncoder.load(folder, options(2));
        assertThat(encoder.maxLength()).isEqualTo(TestModels.MAX_LENGTH);
        tagger.close();
        encoder.close();
        assertClosed(folder, () -> tagger.tag("t5"));
        assertClosed(folder, () -> encoder.encode("t5"));
        folder = TestModels.reader(directory.resolve("reader"));
        ContextReader reader = ContextReader.load(folder, options(2));
        reader.close();
        assertClosed(folder, () -> reader.answer("t5", "t6 t7"));
    }

    private static void assertClosed(Path folder, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the model " + folder + " is closed");
    }

    @Test
    void theLinearHeadHasTheSameKinds() throws IOException {
        JsonObject further = new JsonObject();
        Path classifier = TestModels.linear(directory.resolve("cls"), LABELS, further);
        Path regressor = TestModels.linear(directory.resolve("reg"), List.of("LABEL_0"), further);
        further.addProperty(TaskModelFiles.PROBLEM, TaskModelFiles.MULTI_LABEL);
        Path several = TestModels.linear(directory.resolve("several"), LABELS, further);
        assertThat(ModelKind.of(classifier)).isEqualTo(ModelKind.CLASSIFICATION);
        assertThat(ModelKind.of(regressor)).isEqualTo(ModelKind.REGRESSION);
        assertThat(ModelKind.of(several)).isEqualTo(ModelKind.MULTILABEL);
        try (TextClassifier model = TextClassifier.load(classifier, options(1))) {
            assertThat(LABELS).contains(model.classify("t5 t6").best().label());
        }
        Path config = classifier.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("JelectraForLinear", "ElectraFor"));
        refused(
                () -> TextClassifier.load(classifier, options(1)),
                "classifier.out_proj.weight",
                "unexpected tensors [classifier.");
    }

    @Test
    void anotherKindIsNamed() throws IOException {
        Path classifier = TestModels.classifier(directory.resolve("cls"), LABELS);
        Path regressor = TestModels.regressor(directory.resolve("reg"), 5);
        Path tagger = TestModels.tagger(directory.resolve("tag"), LABELS);
        Path reader = TestModels.reader(directory.resolve("qa"));
        InferenceOptions options = options(1);
        refused(
                () -> TextClassifier.load(regressor, options),
                "text classification (Elec",
                "found text regression (Elec");
        refused(() -> TextRegressor.load(classifier, options), "text regression", "found text classification");
        refused(() -> WordTagger.load(reader, options), "tagging", "found question answering");
        Path joint = TestModels.jointReader(directory.resolve("joint"));
        refused(
                () -> TextClassifier.load(joint, options),
                "text classification",
                "found question answering (ElectraForQuestionAnswering or JelectraForJointQuestionAnswering)");
        Path mixed = joint.resolve("config.json");
        Files.writeString(mixed, Files.readString(mixed).replace("JelectraForJoint", "ElectraFor"));
        refused(
                () -> ContextReader.load(joint, options),
                "not a model of this kind; missing tensors [qa_outputs.weight, qa_outputs.bias]",
                "unexpected tensors [qa_");
        refused(() -> ContextReader.load(tagger, options), "question answering", "found tagging");
        refused(
                () -> TextClassifier.load(directory, options),
                "expected a model",
                "found models in folders of it; choose one, as ");
        Path config = tagger.resolve("config.json");
        String json = Files.readString(config);
        Files.writeString(config, json.replace("ElectraForTokenClassification", "BertModel"));
        refused(() -> WordTagger.load(tagger, options), "expected a model of one of the kinds", "found BertModel");
        Files.writeString(config, json.replace("\"hidden_size\": 32", "\"hidden_size\": 48"));
        refused(() -> WordTagger.load(tagger, options), "must be [", "got [");
        assertThatThrownBy(() -> options(0)).hasMessageContaining("must be positive, got 0");
    }

    @Test
    void severalLabelsAText() throws IOException {
        Path config = TestModels.classifier(directory, LABELS).resolve("config.json");
        String json = Files.readString(config);
        Files.writeString(config, json.replaceFirst("\\{", "{\"problem_type\": \"multi_label_classification\","));
        refused(
                () -> TextRegressor.load(directory, options(1)),
                "expected a model for text regression (Elec",
                "found text classification with any number of labels (Elec");
        try (TextClassifier classifier = TextClassifier.load(directory, options(2))) {
            assertThat(classifier.labels()).isEqualTo(LABELS);
            assertThat(classifier.givesAnyNumber()).isTrue();
            Classification found = classifier.classify("t5 t17 t30");
            for (Classification.Candidate candidate : found.candidates()) {
                assertThat(candidate.probability()).isEqualTo(1 / (1 + Math.exp(-candidate.logit())));
            }
            assertThat(found.above(0)).isEqualTo(LABELS);
            assertThat(found.above(1)).isEmpty();
            double largest = found.candidates().stream()
                    .mapToDouble(Classification.Candidate::probability)
                    .max()
                    .orElseThrow();
            assertThat(found.above(largest - 1e-9)).containsExactly(found.best().label());
            Classification pair = classifier.classify("t5 t17", "t30");
            assertThat(pair).isNotEqualTo(found);
            assertThat(pair)
                    .isEqualTo(classifier
                            .classify(List.of(TextInput.of("t5 t17", "t30")))
                            .get(0));
        }
    }

    @Test
    void twoUnnamedLabelsHaveTheirDefaultNames() throws IOException {
        Path config = TestModels.classifier(directory, List.of("a", "b")).resolve("config.json");
        String json = Files.readString(config);
        Files.writeString(config, json.replace("id2label", "was"));
        try (TextClassifier classifier = TextClassifier.load(directory, options(1))) {
            assertThat(classifier.labels()).containsExactly("LABEL_0", "LABEL_1");
        }
    }

    private interface Loading {
        AutoCloseable load() throws IOException;
    }

    private static void refused(Loading loading, String expected, String found) {
        assertThatThrownBy(loading::load)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(expected)
                .hasMessageContaining(found);
    }
}
