package org.jelectra.finetune.tasks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.FineTuningTask;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.finetune.data.TaggedFile;
import org.jelectra.finetune.data.TaggedSentence;
import org.jelectra.finetune.data.TaskFolder;
import org.jelectra.finetune.metrics.ChunkScore;
import org.jelectra.finetune.metrics.Metric;
import org.jelectra.inference.batch.EncodedSentence;
import org.jelectra.inference.batch.SentenceTagger;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.Json;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.WordPiece;

/** A tag for every word: chunking, named entities, parts of speech. */
public final class TaggingTask implements FineTuningTask {

    private final EncoderWithHead<TokenClassificationHead> model;
    private final TaggingData data;
    private final FineTuneSettings settings;
    private final int padId;
    /** What is trained on of each sentence: its first stretch. */
    private final List<EncodedSentence.Stretch> training;

    private final List<int[]> tags = new ArrayList<>();
    private final List<List<EncodedSentence>> development = new ArrayList<>();
    private final SentenceTagger tagger;

    /** The task over a new model of the given sizes. */
    public TaggingTask(
            Backend backend, EncoderConfig config, FineTuneSettings settings, TaggingData data, WordPiece wordPiece) {
        this.data = data;
        this.settings = settings;
        padId = wordPiece.vocabulary().padId();
        model = new EncoderWithHead<>(
                backend,
                config,
                (arena, sizes) ->
                        new TokenClassificationHead(arena, sizes, data.labels().size()),
                settings.frozenLayers(),
                settings.seed());
        training = data.training().sentences().stream()
                .map(sentence -> EncodedSentence.of(sentence.words(), settings.maxLength(), wordPiece)
                        .stretches()
                        .get(0))
                .toList();
        for (TaggedSentence sentence : data.training().sentences()) {
            tags.add(sentence.tags().stream().mapToInt(data.labels()::indexOf).toArray());
        }
        data.development().forEach(file -> development.add(encode(file, settings.maxLength(), wordPiece)));
        tagger = new SentenceTagger(model, data.labels(), settings.microBatchSize(), settings.maxLength(), padId);
    }

    static List<EncodedSentence> encode(TaggedFile file, int maxLength, WordPiece wordPiece) {
        return file.sentences().stream()
                .map(sentence -> EncodedSentence.of(sentence.words(), maxLength, wordPiece))
                .toList();
    }

    @Override
    public int size() {
        return training.size();
    }

    @Override
    public int length(int example) {
        return training.get(example).text().length();
    }

    @Override
    public TaskGraph record(int batch, int length, Workspace workspace) {
        return new TaggingGraph(model, training, tags, settings.reduction(), padId, batch, length, workspace);
    }

    /** How many words are not trained on. */
    @Override
    public List<String> warnings() {
        long words = 0;
        long sentences = 0;
        for (int i = 0; i < training.size(); i++) {
            int beyond = tags.get(i).length - training.get(i).positions().length;
            words += beyond;
            sentences += beyond > 0 ? 1 : 0;
        }
        if (words == 0) {
            return List.of();
        }
        return List.of(String.format(
                Locale.ROOT,
                "%s: %,d words of %,d sentences do not fit into %s and are not trained on",
                data.training().file(),
                words,
                sentences,
                settings.limit(model.config())));
    }

    @Override
    public void reserve() {
        tagger.reserve();
    }

    @Override
    public Evaluation evaluate() {
        List<TaggedFile> files = data.development();
        return Evaluation.of(
                files.stream().map(TaggedFile::file).toList(),
                i -> score(data.spec().metric(), data.labels(), files.get(i), tagger.tag(development.get(i))));
    }

    /**
     * Metrics of tags that were predicted for a file. Those of entities are left out, unless the metric is one of them, where a tag does
     * not mark entities; else a predicted one that does not, as other programs' models have (X, [PAD]), counts as O.
     *
     * @param labels all tags that the model knows
     */
    public static Evaluation score(Metric metric, List<String> labels, TaggedFile file, List<List<String>> predicted) {
        boolean entities = metric == Metric.ENTITY_F1
                || Stream.concat(labels.stream(), file.tags().stream()).allMatch(ChunkScore::isTag);
        ChunkScore chunks = new ChunkScore();
        long words = 0;
        long right = 0;
        for (int i = 0; i < predicted.size(); i++) {
            List<String> gold = file.sentences().get(i).tags();
            if (entities) {
                chunks.add(
                        gold,
                        predicted.get(i).stream()
                                .map(tag -> ChunkScore.isTag(tag) ? tag : "O")
                                .toList());
            }
            for (int word = 0; word < gold.size(); word++) {
                right += gold.get(word).equals(predicted.get(i).get(word)) ? 1 : 0;
            }
            words += gold.size();
        }
        Map<String, Double> values = new LinkedHashMap<>();
        if (entities) {
            values.put("entity_f1", chunks.f1());
            values.put("entity_precision", chunks.precision());
            values.put("entity_recall", chunks.recall());
        }
        values.put("accuracy", (double) right / words);
        boolean oneTag = predicted.stream().flatMap(List::stream).distinct().count() == 1;
        return new Evaluation(metric.label(), values, oneTag && file.tags().size() > 1);
    }

    /** For each file {@code predictions-NAME.txt} (word, tag, predicted tag) and {@code .json}. */
    @Override
    public List<String> writePredictions(Path folder) throws IOException {
        List<String> written = new ArrayList<>();
        for (int i = 0; i < development.size(); i++) {
            TaggedFile file = data.development().get(i);
            List<List<String>> predicted = tagger.tag(development.get(i));
            String name = "predictions-" + TaskFolder.baseName(file.file());
            AtomicFile.writeText(folder.resolve(name + ".txt"), text -> words(file, predicted, text));
            Json.write(
                    folder.resolve(name + ".json"),
                    new JsonObject(),
                    "sentences",
                    IntStream.range(0, predicted.size())
                            .mapToObj(s -> row(file.sentences().get(s), predicted.get(s))));
            written.addAll(List.of(name + ".txt", name + ".json"));
        }
        return written;
    }

    private static void words(TaggedFile file, List<List<String>> predicted, Writer text) throws IOException {
        for (int s = 0; s < predicted.size(); s++) {
            TaggedSentence sentence = file.sentences().get(s);
            for (int word = 0; word < sentence.words().size(); word++) {
                text.append(line(
                        sentence.words().get(word),
                        sentence.tags().get(word),
                        predicted.get(s).get(word)));
            }
            text.append('\n');
        }
    }

    private static JsonObject row(TaggedSentence sentence, List<String> predicted) {
        JsonObject row = new JsonObject();
        row.add("words", array(sentence.words()));
        row.add("tags", array(sentence.tags()));
        row.add("predictions", array(predicted));
        return row;
    }

    /** Divided by spaces, but by tabs where a cell has a space: so are they read. */
    private static String line(String word, String tag, String predicted) {
        String line = word + " " + tag + " " + predicted;
        return (line.split("\\s+").length == 3 ? line : word + "\t" + tag + "\t" + predicted) + "\n";
    }

    private static JsonArray array(List<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        return array;
    }

    @Override
    public EncoderWithHead<TokenClassificationHead> model() {
        return model;
    }

    @Override
    public String architecture() {
        return TaskModelFiles.TOKEN_CLASSIFICATION;
    }

    @Override
    public List<String> labels() {
        return data.labels();
    }

    @Override
    public JsonObject furtherConfig() {
        JsonObject json = new JsonObject();
        json.addProperty("finetuning_task", data.spec().name());
        return json;
    }
}
