package org.jelectra.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.ModelFiles;
import org.jelectra.pretrain.Durations;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.Pretrainer;
import org.jelectra.pretrain.ProgressLine;
import org.jelectra.pretrain.StepMetrics;
import org.jelectra.pretrain.TokenizerFiles;
import org.jelectra.pretrain.TrainingDivergedException;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.Vocabulary;

/** One pre-training run from text to saved models, with everything a person wants to see of it. */
final class PretrainRun {

    private final PrintStream out;
    private final Terminal terminal;
    private final Path directory;
    private final Backend backend;
    private final PretrainSettings settings;
    private final TrainingText text;

    PretrainRun(
            PrintStream out,
            Terminal terminal,
            Path directory,
            Backend backend,
            PretrainSettings settings,
            TrainingText text) {
        this.out = out;
        this.terminal = terminal;
        this.directory = directory;
        this.backend = backend;
        this.settings = settings;
        this.text = text;
    }

    void run(String preset) throws IOException {
        Vocabulary vocabulary = text.vocabulary();
        PackedCorpus packed = text.packed();
        Pretrainer pretrainer = new Pretrainer(backend, settings, packed, vocabulary);
        RunCard.print(out, text.description(), preset, packed.statistics(), pretrainer, settings, directory);
        SettingsFile.write(directory, settings, text.description(), backend);
        StepMetrics last = train(pretrainer, vocabulary, title(preset));
        out.printf(
                Locale.ROOT,
                "trained in %s, %,.0f tokens/s at the end%n",
                Durations.text(last.elapsedSeconds()),
                last.tokensPerSecond());
        save(pretrainer.model(), vocabulary);
        new HeldOutShow(out, terminal, vocabulary).show(pretrainer.model(), settings, packed.heldOut(), last);
    }

    private String title(String preset) {
        return String.format(
                Locale.ROOT,
                "jelectra %s: %,d steps of %,d x %d tokens, seed %d",
                preset,
                settings.steps(),
                settings.batchSize(),
                settings.sequenceLength(),
                settings.seed());
    }

    private StepMetrics train(Pretrainer pretrainer, Vocabulary vocabulary, String title) throws IOException {
        int columns = terminal.interactive() ? terminal.columns() : 0;
        float weight = settings.objective().discriminatorWeight();
        try (Interruption interruption = Interruption.install();
                RunListener listener = new RunListener(
                        directory, title, new ProgressLine(out, columns, 0, settings.steps(), weight), interruption)) {
            try {
                StepMetrics last = pretrainer.run(listener);
                listener.curves();
                return last;
            } catch (Interruption.Stopped | TrainingDivergedException e) {
                // what was learnt so far is worth keeping
                listener.endLine();
                save(pretrainer.model(), vocabulary);
                listener.curves();
                throw new IllegalStateException(e.getMessage() + "; the model of that time is saved", e);
            }
        }
    }

    private void save(ElectraModel model, Vocabulary vocabulary) throws IOException {
        TokenizerFiles tokenizer = new TokenizerFiles(vocabulary, text.wordPiece(), settings.sequenceLength());
        for (Path folder : ModelFiles.save(model, directory)) {
            tokenizer.save(folder);
        }
        out.println("saved the model, metrics and curves in " + directory);
    }
}
