package org.jelectra.cli.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.electra.flops.CountedTraining;
import org.jelectra.finetune.GlueAverage;
import org.jelectra.pretrain.PretrainSettings;
import org.jelectra.pretrain.RunSoFar;

/** What runs have spent so far, and what came of it. */
final class RunCompute {

    private final List<Path> runs;
    private final RunLabels labels;
    private final List<GlueAverage> tables = new ArrayList<>();

    /**
     * @param glue directories with tables of {@code jelectra glue}
     * @throws IOException if a table cannot be read, or is of none of the runs
     */
    RunCompute(List<Path> runs, List<Path> glue) throws IOException {
        this.runs = runs;
        this.labels = new RunLabels(runs);
        for (Path directory : glue) {
            GlueAverage table = GlueAverage.read(directory);
            boolean known = false;
            for (Path run : runs) {
                known |= table.isOf(run);
            }
            if (!known) {
                throw new IOException(table.file() + ": expected results of one of the runs " + runs
                        + ", found those of the model " + table.model());
            }
            tables.add(table);
        }
    }

    /** A row for each run, and behind them one for those of them that differ in the seed alone. */
    List<ComputeRow> rows() throws IOException {
        List<ComputeRow> rows = new ArrayList<>();
        SeedMeans means = new SeedMeans();
        for (Path run : runs) {
            rows.add(row(run, means));
        }
        rows.addAll(means.rows());
        return rows;
    }

    private ComputeRow row(Path directory, SeedMeans means) throws IOException {
        RunSoFar run = RunSoFar.read(directory);
        PretrainSettings settings = run.settings();
        List<String> notes = new ArrayList<>();
        if (run.step() < settings.steps()) {
            notes.add(String.format(Locale.ROOT, "so far, of %,d steps", settings.steps()));
        }
        if (run.warmStarted()) {
            notes.add("without the training of the weights that it began with (--init-from)");
        }
        GlueAverage table = table(directory);
        long saved = RunSoFar.savedStep(directory);
        ComputeRow.Score score = null;
        if (table != null && table.isOfOtherWeights(directory)) {
            notes.add("no GLUE average: " + table.file() + " is of " + table.model()
                    + (GlueAverage.hasWeights(directory)
                            ? " with other weights than the run has now; measure these with 'jelectra glue' and another"
                                    + " --output"
                            : ", and the run's weights are not there to compare"));
        } else if (table != null && saved >= 0 && saved < run.step()) {
            notes.add(String.format(
                    Locale.ROOT,
                    "no GLUE average: that of %s is of step %,d at the latest, when the run has last saved its models",
                    table.file(),
                    saved));
        } else if (table != null && Double.isNaN(table.percent())) {
            notes.add(table.file() + " has no average: it needs a median of each of the eight tasks");
        } else if (table != null) {
            String unnamed = table.weights() != null
                    ? ""
                    : "; it does not say of which weights it is; 'jelectra glue' with --resume adds that";
            if (table.keepsBest()) {
                notes.add("its GLUE average is of weights chosen by the sets that they are measured on (--keep best),"
                        + " and not to be compared with published ones");
            }
            score = new ComputeRow.Score(
                    table.percent(),
                    Double.NaN,
                    table.file() + ", measured here, medians" + unnamed,
                    true,
                    table.keepsBest());
        }
        CountedTraining training = CountedTraining.of(
                labels.of(directory),
                settings.model(),
                run.step(),
                settings.batchSize(),
                settings.sequenceLength(),
                settings.slots(),
                Double.NaN);
        ComputeRow row = new ComputeRow(ComputeRow.Kind.RUN, training.withNote(String.join("; ", notes)), score, null);
        if (score != null) {
            means.add(directory, row, table.conditions());
        }
        return row;
    }

    /**
     * The table that was named for the run, else the one that lies in it, the first of its weights, such as not that of a milestone in
     * its folder; else the first; null where there is none.
     */
    private GlueAverage table(Path run) throws IOException {
        List<GlueAverage> candidates = new ArrayList<>();
        for (GlueAverage table : tables) {
            if (table.isOf(run)) {
                candidates.add(table);
            }
        }
        for (Path directory : List.of(run, run.resolve("glue"))) {
            if (GlueAverage.isIn(directory)) {
                candidates.add(GlueAverage.read(directory));
            }
        }
        candidates.removeIf(GlueAverage::isOfRandomWeights);
        for (GlueAverage table : candidates) {
            if (!table.isOfOtherWeights(run)) {
                return table;
            }
        }
        return candidates.isEmpty() ? null : candidates.get(0);
    }
}
