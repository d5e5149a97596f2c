package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.backend.Backend;
import org.jelectra.cli.console.Durations;
import org.jelectra.cli.console.Interruption;
import org.jelectra.cli.console.ProgressLine;
import org.jelectra.cli.console.ShellWord;
import org.jelectra.cli.console.SlowRunWarning;
import org.jelectra.cli.console.Terminal;
import org.jelectra.cli.data.ManifestView;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.pretrain.EventLog;
import org.jelectra.pretrain.ModelMetrics;
import org.jelectra.pretrain.PretrainListener;
import org.jelectra.pretrain.PretrainListeners;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.Pretrainer;
import org.jelectra.pretrain.RunSoFar;
import org.jelectra.pretrain.SnapshotFolder;
import org.jelectra.pretrain.Snapshots;
import org.jelectra.pretrain.StepMetrics;
import org.jelectra.pretrain.TimeLimit;
import org.jelectra.pretrain.TrainingDivergedException;
import org.jelectra.pretrain.plot.Curves;

/** One pre-training run from text to saved models, with everything a person wants to see of it. */
final class PretrainRun {

    private final PrintStream out;
    private final Terminal terminal;
    private final PretrainSettings settings;
    private final TrainingText text;
    private final RunPlan plan;
    private final Path directory;
    private final Pretrainer pretrainer;
    /** Longest sequence of the run and of what it began with. */
    private int trainedLength;

    PretrainRun(
            PrintStream out,
            Terminal terminal,
            Backend backend,
            PretrainSettings settings,
            TrainingText text,
            RunPlan plan) {
        this.out = out;
        this.terminal = terminal;
        this.settings = settings;
        this.text = text;
        this.plan = plan;
        this.directory = plan.directory();
        this.pretrainer = new Pretrainer(backend, settings, text.packed(), text.vocabulary());
    }

    /** Trains, saves and shows; returns the exit code. */
    int run() throws IOException {
        List<StepMetrics> earlier = new RunBeginning(out, plan, text, pretrainer).begin();
        trainedLength = Math.max(settings.sequenceLength(), plan.weights().trainedLength());
        RunCard.print(out, text, plan, pretrainer, settings);
        try (Interruption interruption =
                Interruption.install(out, () -> "step " + Math.min(pretrainer.step() + 1, settings.steps()))) {
            StepMetrics last = train(interruption, earlier);
            out.printf(Locale.ROOT, "trained for %s", Durations.text(pretrainer.elapsedSeconds()));
            out.printf(
                    Locale.ROOT,
                    last == null ? "%n" : ", %,.0f tokens/s at the end%n",
                    last == null ? 0 : last.tokensPerSecond());
            save();
            boolean complete = pretrainer.step() == settings.steps();
            if (!complete) {
                printHowToGoOn(interruption);
            }
            if (interruption.isRequested() && !complete) {
                return interruption.exitCode();
            }
            show(last);
            return 0;
        }
    }

    private StepMetrics train(Interruption interruption, List<StepMetrics> earlier) throws IOException {
        int columns = terminal.interactive() ? terminal.columns() : 0;
        ProgressLine progress = new ProgressLine(
                out,
                columns,
                pretrainer.step(),
                settings.steps(),
                settings.losses().discriminatorWeight());
        SlowRunWarning slow = new SlowRunWarning(
                plan::warnsOfDays, "a smaller --preset (tiny), fewer --max-steps or hours (--fit-hours)");
        try (RunListener listener =
                        new RunListener(directory, title(), earlier, progress, interruption, slow, Curves::pause);
                EventLog events = EventLog.append(directory, isNew(earlier) ? -1 : pretrainer.step())) {
            List<PretrainListener> listeners = new ArrayList<>(List.of(listener, events));
            if (plan.maxHours() != null) {
                listeners.add(new TimeLimit(pretrainer, plan.maxHours()));
            }
            listeners.add(new Snapshots(new SnapshotFolder(directory), plan.snapshots(), pretrainer, listener.log()));
            PretrainListener all = new PretrainListeners(listeners);
            try {
                if (isNew(earlier)
                        && plan.weights().areGiven()
                        && text.packed().heldOut().size() > 0) {
                    all.onMetrics(StepMetrics.before(pretrainer.evaluate()));
                }
                int begin = pretrainer.step();
                StepMetrics last = pretrainer.run(all);
                boolean logged = last != null && last.step() == pretrainer.step();
                if (pretrainer.step() > begin && !logged && !interruption.isRequested()) {
                    // the hours ended between two logged steps: what is shown of the last one stays
                    last = pretrainer.unlogged();
                    all.onMetrics(last);
                }
                listener.curves();
                return last;
            } catch (TrainingDivergedException e) {
                listener.endLine();
                listener.curves();
                // weights that led here would pass for a trained model, even where they are finite
                out.println("saved the metrics" + andCurves() + " in " + directory + "; no model, as the run diverged");
                throw new IllegalStateException(new Divergence(directory, pretrainer).record(e), e);
            }
        }
    }

    /** Nothing was logged yet, not even of the weights that it begins with. */
    private boolean isNew(List<StepMetrics> earlier) {
        return pretrainer.step() == 0 && earlier.isEmpty();
    }

    private String title() {
        return String.format(
                Locale.ROOT,
                "jelectra %s: %,d steps of %,d x %d tokens, seed %d",
                plan.preset(),
                settings.steps(),
                settings.batchSize(),
                settings.sequenceLength(),
                settings.seed());
    }

    private void save() throws IOException {
        TokenizerFiles tokenizer =
                new TokenizerFiles(text.vocabulary(), text.wordPiece(), settings.sequenceLength(), trainedLength);
        RunSoFar run = new RunSoFar(settings, pretrainer.step(), plan.weights().wereGiven());
        for (Path folder : ModelFiles.save(pretrainer.model(), text.vocabulary().padId(), directory)) {
            tokenizer.save(folder);
            run.write(folder);
        }
        String curves = andCurves();
        out.println(
                "saved the model" + (curves.isEmpty() ? " and " : ", ") + "the metrics" + curves + " in " + directory);
        if (text.replaced().count() > 0) {
            out.println("replaced in the text: " + ManifestView.text(text.replaced()));
        }
    }

    /** Where Java cannot draw, and before the first metrics, there is no picture. */
    private String andCurves() {
        return Files.exists(directory.resolve(Curves.FILE_NAME)) ? " and the curves" : "";
    }

    private void printHowToGoOn(Interruption interruption) {
        String why = interruption.isRequested() ? "interrupted" : "ended by --max-hours " + plan.maxHours();
        out.printf(
                Locale.ROOT,
                "%s after step %,d of %,d; go on with: jelectra pretrain --resume %s%s%n",
                why,
                pretrainer.step(),
                settings.steps(),
                ShellWord.of(directory),
                interruption.isRequested() ? "" : " --max-hours MORE");
    }

    private void show(StepMetrics last) {
        boolean evaluated = last != null && last.step() == pretrainer.step() && last.evaluation() != null;
        ModelMetrics evaluation = evaluated ? last.evaluation() : pretrainer.evaluate();
        new HeldOutShow(out, terminal, text.vocabulary())
                .show(pretrainer.model(), settings, text.packed().heldOut(), evaluation);
    }
}
