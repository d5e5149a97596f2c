package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.inference.batch.EncodedSentence;
import org.jelectra.inference.batch.SentenceTagger;
import org.jelectra.text.WordPiece;

/**
 * A trained tagger of words: chunks, named entities, parts of speech. Safe for use by any number of threads, see the package.
 *
 * <p>Texts that are too long for the model are tagged in stretches that follow each other; one text is best one sentence.
 */
public final class WordTagger implements AutoCloseable {

    private final ModelFolder folder;
    private final List<String> labels;
    private final ModelThread<SentenceTagger> model;

    private WordTagger(ModelFolder folder, List<String> labels, ModelThread<SentenceTagger> model) {
        this.folder = folder;
        this.labels = labels;
        this.model = model;
    }

    /**
     * Loads {@code config.json}, {@code model.safetensors} and {@code vocab.txt} or {@code tokenizer.json}, as fine-tuning or
     * HuggingFace's code wrote them.
     *
     * @throws IOException if a file is missing or malformed, the model is of another kind, or a tensor is missing, left over or of
     *     another shape
     */
    public static WordTagger load(Path directory, InferenceOptions options) throws IOException {
        ModelFolder folder = ModelKind.TAGGING.open(directory);
        List<String> labels = ModelLabels.of(folder.path());
        return new WordTagger(folder, labels, ModelThread.start(folder.path(), options.backend(), backend -> {
            EncoderWithHead<TokenClassificationHead> network =
                    folder.network(backend, (arena, sizes) -> new TokenClassificationHead(arena, sizes, labels.size()));
            return new SentenceTagger(network, labels, options.batchSize(), folder.maxLength(), folder.padId());
        }));
    }

    /** Names of the tags, in the model's order. */
    public List<String> labels() {
        return labels;
    }

    /** The words of a text, divided at white space, punctuation and ideographs, with their tags. */
    public List<TaggedWord> tag(String text) {
        return tag(List.of(text)).get(0);
    }

    /**
     * The words of texts, divided at white space, punctuation and ideographs, with their tags.
     *
     * @throws IllegalStateException if the model is closed, or its weights give numbers that are not finite
     */
    public List<List<TaggedWord>> tag(List<String> texts) {
        return run(texts.stream().map(WordDivision::divide).toList());
    }

    /**
     * Tags for texts that are divided into words already, as the training files were. Places are those in the words joined by a space.
     *
     * @throws IllegalStateException if the model is closed, or its weights give numbers that are not finite
     */
    public List<List<TaggedWord>> tagWords(List<List<String>> sentences) {
        return run(sentences.stream().map(WordTagger::places).toList());
    }

    private static List<Word> places(List<String> words) {
        List<Word> places = new ArrayList<>();
        int start = 0;
        for (String word : words) {
            places.add(new Word(word, start, start + word.length()));
            start += word.length() + 1;
        }
        return places;
    }

    private List<List<TaggedWord>> run(List<List<Word>> sentences) {
        WordPiece wordPiece = folder.wordPiece();
        List<EncodedSentence> encoded = sentences.stream()
                .map(words -> words.stream().map(Word::text).toList())
                .map(words -> EncodedSentence.of(words, folder.maxLength(), wordPiece))
                .toList();
        List<float[][]> scores = model.call(tagger -> tagger.scores(encoded));
        List<List<TaggedWord>> results = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            List<TaggedWord> tagged = new ArrayList<>();
            for (float[] logits : scores.get(i)) {
                Classification.Candidate best =
                        Classification.oneOf(labels, logits).best();
                tagged.add(new TaggedWord(sentences.get(i).get(tagged.size()), best.label(), best.probability()));
            }
            results.add(List.copyOf(tagged));
        }
        return List.copyOf(results);
    }

    /** Frees threads and memory; later calls fail. */
    @Override
    public void close() {
        model.close();
    }
}
