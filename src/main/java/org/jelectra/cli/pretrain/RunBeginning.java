package org.jelectra.cli.pretrain;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jelectra.backend.ComputedBy;
import org.jelectra.electra.ElectraConfig;
import org.jelectra.electra.ElectraModel;
import org.jelectra.electra.InitialWeights;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.io.AtomicFile;
import org.jelectra.pretrain.MetricsLog;
import org.jelectra.pretrain.Pretrainer;
import org.jelectra.pretrain.Snapshot;
import org.jelectra.pretrain.SnapshotFolder;
import org.jelectra.pretrain.StepMetrics;
import org.jelectra.pretrain.WarmStart;

/** Puts a run where it begins: at random weights, at given ones, or at its latest snapshot. */
final class RunBeginning {

    private static final int NAMES_SHOWN = 4;

    private final PrintStream out;
    private final RunPlan plan;
    private final TrainingText text;
    private final Pretrainer pretrainer;

    RunBeginning(PrintStream out, RunPlan plan, TrainingText text, Pretrainer pretrainer) {
        this.out = out;
        this.plan = plan;
        this.text = text;
        this.pretrainer = pretrainer;
    }

    /** Returns what the run has logged before. */
    List<StepMetrics> begin() throws IOException {
        if (plan.resumes()) {
            for (String name : List.of("", ElectraModel.DISCRIMINATOR, ElectraModel.GENERATOR)) {
                AtomicFile.deleteLeftovers(plan.directory().resolve(name));
            }
        }
        Optional<Snapshot> found =
                plan.resumes() ? new SnapshotFolder(plan.directory()).openLatest(out::println) : Optional.empty();
        if (found.isPresent()) {
            try (Snapshot snapshot = found.get()) {
                resume(snapshot);
            }
            SettingsFile.goesOn(plan.directory(), pretrainer.settings(), text.description(), plan.options());
        } else {
            if (plan.resumes()) {
                out.println("the run was interrupted before its first snapshot: it begins anew");
            }
            WarmStart warmStart = plan.weights().warmStart();
            if (warmStart != null) {
                List<InitialWeights.Report> reports = warmStart.load(pretrainer, text.vocabulary(), text.wordPiece());
                out.printf(
                        Locale.ROOT,
                        "sizes and dropout that no option names are as in %s; the rest is as in preset %s%n",
                        String.join(
                                " and ",
                                reports.stream()
                                        .map(report -> report.folder()
                                                .path()
                                                .resolve(ModelFiles.CONFIG)
                                                .toString())
                                        .distinct()
                                        .toList()),
                        plan.preset());
                reports.forEach(this::print);
                printOther(reports);
                printWordLengths(
                        plan.weights().maxWordLength(), text.wordPiece().maxWordLength());
            }
        }
        // last, so that a directory is a run's only once the run can really begin; again where it begins anew, maybe on
        // other text
        if (found.isEmpty()) {
            SettingsFile.write(
                    plan.directory(),
                    pretrainer.settings(),
                    text,
                    pretrainer.model().backend(),
                    plan.options());
        }
        // what the numbers in a snapshot mean, for whoever makes a model of it
        if (found.isEmpty() || !hasTokenizer()) {
            int length = pretrainer.settings().sequenceLength();
            int trained = Math.max(length, plan.weights().trainedLength());
            new TokenizerFiles(text.vocabulary(), text.wordPiece(), length, trained).save(plan.directory());
        }
        if (found.isEmpty()) {
            // the folder of snapshots before anything is logged
            new SnapshotFolder(plan.directory()).create();
            // what was logged of given weights may have been measured on other text
            return MetricsLog.truncate(plan.directory(), -1);
        }
        List<StepMetrics> earlier = MetricsLog.truncate(plan.directory(), pretrainer.step());
        warnOfLostMetrics(earlier);
        return earlier;
    }

    private boolean hasTokenizer() {
        return Files.exists(plan.directory().resolve(TokenizerFiles.VOCABULARY))
                && Files.exists(plan.directory().resolve(TokenizerFiles.CONFIG));
    }

    private void warnOfLostMetrics(List<StepMetrics> earlier) {
        long end = earlier.isEmpty() ? 0 : earlier.get(earlier.size() - 1).step();
        int logged =
                pretrainer.step() - pretrainer.step() % pretrainer.settings().logEvery();
        if (end < logged) {
            out.printf(
                    Locale.ROOT,
                    "warning: %s %s, though the run has logged step %,d: the curves lack what is lost%n",
                    plan.directory().resolve(MetricsLog.FILE_NAME),
                    earlier.isEmpty() ? "is missing or empty" : String.format(Locale.ROOT, "ends at step %,d", end),
                    logged);
        }
    }

    private void resume(Snapshot snapshot) throws IOException {
        snapshot.restore(pretrainer);
        out.printf(
                Locale.ROOT,
                "resumed after step %,d of %,d from %s%n",
                snapshot.step(),
                pretrainer.settings().steps(),
                snapshot.file());
        ComputedBy before = snapshot.computedBy();
        ComputedBy now = ComputedBy.of(pretrainer.model().backend());
        if (!now.roundsAs(before)) {
            out.println("warning: the run was computed by backend " + before + ", now it is " + now
                    + ": it goes on, but not bit for bit");
        }
        int partsBefore = snapshot.settings().microBatches();
        int parts = pretrainer.settings().microBatches();
        if (parts != partsBefore) {
            out.println("warning: the run's batches were computed with --accumulate " + partsBefore + ", now with "
                    + parts + ": it goes on, but not bit for bit");
        }
    }

    private void print(InitialWeights.Report report) {
        out.printf(
                Locale.ROOT,
                "%s from %s: %,d tensors loaded; missing (begin at random): %s; unexpected (left out): %s%n",
                report.folder().network(),
                report.folder().path(),
                report.loaded().size(),
                names(report.missing()),
                names(report.unexpected()));
    }

    /** A network beside the given one, which then begins as new. */
    private void printOther(List<InitialWeights.Report> reports) {
        ElectraConfig config = pretrainer.settings().model();
        if (!config.hasMainNetwork() || reports.size() > 1) {
            return;
        }
        boolean generatorGiven = reports.get(0).folder().network().equals(ElectraModel.GENERATOR);
        String shared = switch (config.sharing()) {
            case NONE -> "";
            case EMBEDDINGS -> " but for the shared embeddings";
            case ALL -> " but for the shared encoder";
        };
        out.println((generatorGiven ? ElectraModel.DISCRIMINATOR : ElectraModel.GENERATOR)
                + ": none given, begins at random" + shared
                + "; both are given by --init-from DISCRIMINATOR GENERATOR, or a folder that has both");
    }

    // prepared text has the longest word that it was prepared with
    private void printWordLengths(int weights, int data) {
        if (weights != data) {
            out.printf(
                    Locale.ROOT,
                    "words of more than %d characters were [UNK] to the weights' tokenizer, those of more than %d are in the"
                            + " prepared text%n",
                    weights,
                    data);
        }
    }

    private static String names(List<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        String shown = String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())));
        return names.size() + " (" + shown + (names.size() > NAMES_SHOWN ? ", ..." : "") + ")";
    }
}
