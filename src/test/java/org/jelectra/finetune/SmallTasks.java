package org.jelectra.finetune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.finetune.data.Column;
import org.jelectra.finetune.data.Example;
import org.jelectra.finetune.data.ExampleFile;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.TaggedFile;
import org.jelectra.finetune.data.TaggedSentence;
import org.jelectra.finetune.data.TaggingTasks;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.metrics.Metric;
import org.jelectra.finetune.squad.SquadData;
import org.jelectra.finetune.squad.SquadFile;
import org.jelectra.finetune.squad.SquadTask;
import org.jelectra.finetune.squad.SquadVersion;
import org.jelectra.finetune.tasks.ClassificationTask;
import org.jelectra.finetune.tasks.TaggingData;
import org.jelectra.finetune.tasks.TaggingTask;
import org.jelectra.finetune.tasks.TaskData;
import org.jelectra.inference.squad.SquadHead;
import org.jelectra.inference.squad.SquadQuestion;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;

/** Tasks and a model so small that a step takes milliseconds; examples 0 to 9 take at most 16 tokens, 10 to 19 more. */
public final class SmallTasks {

    static final FineTuneSettings SETTINGS =
            new FineTuneSettings(1e-3, 0.8, true, 0.01, 5, 0.1, 3, 1, 48, Reduction.SUM, 1, null, 7);
    /** In a whole run. */
    static final int STEPS = 35;

    private static final Vocabulary VOCABULARY =
            Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cat", "dog", "sees", "the", "who"));
    private static final WordPiece WORD_PIECE = new WordPiece(VOCABULARY, WordPieceOptions.uncased());
    private static final int EXAMPLES = 20;

    private SmallTasks() {}

    private static EncoderConfig config() {
        return new EncoderConfig(VOCABULARY.size(), 8, 16, 2, 2, 32, 64, 2, 0.1f, 0.1f, 1e-12f, 0.2f);
    }

    private static String text(int example) {
        return "the cat" + " sees".repeat(example < EXAMPLES / 2 ? example % 4 : 15 + example % 4) + " dog";
    }

    /** The task of that name: RTE, STS-B, multilabel, tagging or SQuAD, RTE with the linear head or SQuAD with the joint one. */
    static FineTuningTask of(Backend backend, String name) {
        return of(backend, name, SETTINGS);
    }

    /** The same with so many frozen layers, null for none. */
    static FineTuningTask of(Backend backend, String name, Integer frozenLayers) {
        return of(backend, name, settings(frozenLayers));
    }

    /** The same with settings of length 48. */
    static FineTuningTask of(Backend backend, String name, FineTuneSettings settings) {
        return switch (name) {
            case "RTE", "STS-B" -> pairs(backend, name, SequenceHead.HUGGINGFACE, settings);
            case "linear RTE" -> pairs(backend, "RTE", SequenceHead.LINEAR, settings);
            case "multilabel" -> severalLabels(backend, settings);
            case "tagging" -> tags(backend, settings);
            case "SQuAD" -> questions(backend, SquadHead.HUGGINGFACE, settings);
            case "joint SQuAD" -> questions(backend, SquadHead.JOINT, settings);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** {@link #SETTINGS} with so many frozen layers, null for none. */
    static FineTuneSettings settings(Integer frozenLayers) {
        return new FineTuneSettings(
                SETTINGS.learningRate(),
                SETTINGS.layerDecay(),
                SETTINGS.layerDecayCompatible(),
                SETTINGS.weightDecay(),
                SETTINGS.epochs(),
                SETTINGS.warmup(),
                SETTINGS.batchSize(),
                SETTINGS.microBatches(),
                SETTINGS.maxLength(),
                SETTINGS.reduction(),
                SETTINGS.evaluationsPerEpoch(),
                frozenLayers,
                SETTINGS.seed());
    }

    /** {@link #SETTINGS} with batches of so many examples, computed in so many parts. */
    static FineTuneSettings settings(int batchSize, int microBatches, Reduction reduction) {
        return new FineTuneSettings(
                1e-3, 0.8, true, 0.01, 5, 0.1, batchSize, microBatches, 48, reduction, 1, null, SETTINGS.seed());
    }

    /** Classes of RTE or numbers of STS-B. */
    static ClassificationTask pairs(Backend backend, String task) {
        return pairs(backend, task, SequenceHead.HUGGINGFACE, SETTINGS);
    }

    private static ClassificationTask pairs(
            Backend backend, String task, SequenceHead head, FineTuneSettings settings) {
        boolean numbers = task.equals("STS-B");
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            examples.add(new Example(text(i), "dog cat", numbers ? i / (float) EXAMPLES : i % 2));
        }
        ExampleFile file = new ExampleFile(
                Path.of("dev.tsv"),
                examples,
                IntStream.range(0, EXAMPLES).boxed().toList(),
                0);
        List<String> labels = numbers ? List.of() : List.of("entailment", "not_entailment");
        TaskData data = new TaskData(GlueTasks.find(task), labels, examples, List.of(file), List.of(), List.of());
        return new ClassificationTask(backend, config(), head, settings, data, WORD_PIECE);
    }

    /** A task of texts that may have several of these labels. */
    public static TaskSpec severalLabels(String... labels) {
        return new TaskSpec(
                "animals",
                TaskSpec.Kind.MULTILABEL,
                List.of("animals"),
                List.of(Column.at(0)),
                Column.at(1),
                List.of(labels),
                "|",
                1,
                Metric.MICRO_F1,
                3,
                false,
                false,
                TaskSpec.Header.NO,
                "train.tsv",
                List.of("dev.tsv"),
                null,
                List.of());
    }

    /** None, one or both of two labels. */
    private static ClassificationTask severalLabels(Backend backend, FineTuneSettings settings) {
        List<Example> examples = new ArrayList<>();
        List<List<Integer>> classes = List.of(List.of(), List.of(0), List.of(0, 1));
        for (int i = 0; i < EXAMPLES; i++) {
            examples.add(new Example(text(i), null, Float.NaN, classes.get(i % 3)));
        }
        ExampleFile file = new ExampleFile(
                Path.of("dev.tsv"),
                examples,
                IntStream.range(0, EXAMPLES).boxed().toList(),
                0);
        TaskSpec spec = severalLabels("a", "b");
        TaskData data = new TaskData(spec, spec.labels(), examples, List.of(file), List.of(), List.of());
        return new ClassificationTask(backend, config(), settings, data, WORD_PIECE);
    }

    /** Every dog is tagged. */
    private static TaggingTask tags(Backend backend, FineTuneSettings settings) {
        List<TaggedSentence> sentences = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            List<String> words = List.of(text(i).split(" "));
            List<String> tags = words.stream()
                    .map(word -> word.equals("dog") ? "B-DOG" : "O")
                    .toList();
            sentences.add(new TaggedSentence(words, tags));
        }
        TaggedFile file = new TaggedFile(Path.of("dev.txt"), sentences);
        TaggingData data = new TaggingData(TaggingTasks.CONLL, List.of("B-DOG", "O"), file, List.of(file));
        return new TaggingTask(backend, config(), settings, data, WORD_PIECE);
    }

    /** Every third has no answer. */
    private static SquadTask questions(Backend backend, SquadHead head, FineTuneSettings settings) {
        List<SquadQuestion> questions = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            SquadQuestion.Answer dog = new SquadQuestion.Answer("dog", text(i).indexOf("dog"));
            questions.add(new SquadQuestion("q" + i, "who", text(i), i % 3 == 0 ? List.of() : List.of(dog)));
        }
        SquadFile file = new SquadFile(Path.of("made.json"), questions, 0);
        SquadData data = new SquadData(SquadVersion.V2, file, file, List.of());
        return new SquadTask(backend, config(), head, settings, data, WORD_PIECE);
    }
}
