package org.jelectra.example;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Backends;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.Preset;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.pretrain.PretrainListener;
import org.jelectra.pretrain.PretrainListeners;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.Pretrainer;
import org.jelectra.pretrain.Snapshot;
import org.jelectra.pretrain.SnapshotFolder;
import org.jelectra.pretrain.SnapshotPolicy;
import org.jelectra.pretrain.Snapshots;
import org.jelectra.pretrain.StepMetrics;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.TokenizedCorpus;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Corpus;

/** The example of docs/pretraining.md. */
final class PretrainExample {

    private PretrainExample() {}

    // documented: begin
    /** Pre-trains preset tiny, or goes on where the same call was before, and saves both networks. */
    static void pretrain(Path text, Path vocab, int steps, Path output, PrintStream out) throws IOException {
        Vocabulary vocabulary = Vocabulary.load(vocab);
        WordPieceOptions casing = WordPieceOptions.uncased();
        PretrainSettings settings =
                PretrainSettings.of(Preset.TINY, vocabulary.size()).withSteps(steps);
        int threads = Runtime.getRuntime().availableProcessors();
        TokenizedCorpus tokens = TokenizedCorpus.tokenize(Corpus.open(List.of(text)), vocabulary, casing, threads);
        PackingOptions packing = PackingOptions.ofLength(settings.sequenceLength());
        PackedCorpus corpus = SequencePacker.pack(tokens, packing, settings.seed());
        PretrainListener show = new PretrainListener() {
            @Override
            public void onMetrics(StepMetrics metrics) {
                out.printf(
                        "step %d: generator's loss %.3f%n",
                        metrics.step(), metrics.training().generatorLoss());
            }
        };
        try (Backend backend = Backends.open(Backends.AUTO, threads)) {
            Pretrainer pretrainer = new Pretrainer(backend, settings, corpus, vocabulary);
            SnapshotFolder folder = new SnapshotFolder(Files.createDirectories(output));
            Optional<Snapshot> latest = folder.openLatest(out::println);
            if (latest.isPresent()) {
                try (Snapshot snapshot = latest.get()) {
                    snapshot.restore(pretrainer);
                }
            }
            Snapshots snapshots = new Snapshots(folder, SnapshotPolicy.DEFAULT, pretrainer, null);
            pretrainer.run(new PretrainListeners(List.of(show, snapshots)));
            for (Path model : ModelFiles.save(pretrainer.model(), vocabulary.padId(), output)) {
                new TokenizerFiles(vocabulary, casing, settings.sequenceLength()).save(model);
            }
        }
    }
    // documented: end
}
