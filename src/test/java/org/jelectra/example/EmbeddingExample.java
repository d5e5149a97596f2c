package org.jelectra.example;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Preset;
import org.jelectra.electra.TokenProbability;
import org.jelectra.pretrain.Predictor;
import org.jelectra.pretrain.PretrainListener;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.Pretrainer;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.TokenizedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPiece;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Corpus;

/** The example of the README. */
final class EmbeddingExample {

    private EmbeddingExample() {}

    // documented: begin
    /** Pre-trains a tiny ELECTRA on text files, saves it, and asks which words of a sentence look replaced. */
    static List<TokenProbability> trainAndAsk(List<Path> files, int steps, Path output, String sentence)
            throws IOException {
        Vocabulary vocabulary = Vocabulary.bertUncased();
        PretrainSettings settings = PretrainSettings.of(Preset.TINY, vocabulary.size())
                .withSteps(steps)
                .withBatch(16, 1, 64);
        try (Backend backend = Backends.open("auto", 2)) {
            var tokens = TokenizedCorpus.tokenize(Corpus.open(files), vocabulary, WordPieceOptions.uncased(), 2);
            var text = SequencePacker.pack(tokens, PackingOptions.ofLength(64), settings.seed());
            var pretrainer = new Pretrainer(backend, settings, text, vocabulary);
            pretrainer.run(PretrainListener.NONE);
            ModelFiles.save(pretrainer.model(), vocabulary.padId(), output); // HuggingFace's layout

            var predictor = new Predictor(pretrainer.model(), vocabulary, settings.objective(), null, 64, 1);
            int[] ids = new WordPiece(vocabulary, WordPieceOptions.uncased()).encode(sentence);
            return predictor.predict(ids, 0); // one probability per token
        }
    }
    // documented: end
}
