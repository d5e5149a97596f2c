package org.jelectra.example;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Preset;
import org.jelectra.electra.TokenProbability;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.inference.InferenceOptions;
import org.jelectra.inference.ReplacedTokenDetector;
import org.jelectra.pretrain.PretrainListener;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.Pretrainer;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.TokenizedCorpus;
import org.jelectra.text.Vocabulary;
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
            // in HuggingFace's layout, each network with its tokenizer
            for (Path network : ModelFiles.save(pretrainer.model(), vocabulary.padId(), output)) {
                new TokenizerFiles(vocabulary, WordPieceOptions.uncased(), 64).save(network);
            }
        }
        try (var detector = ReplacedTokenDetector.load(output, InferenceOptions.defaults())) {
            return detector.detect(sentence); // one probability per token
        }
    }
    // documented: end
}
