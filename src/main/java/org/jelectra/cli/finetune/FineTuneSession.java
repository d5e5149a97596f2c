package org.jelectra.cli.finetune;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jelectra.cli.console.BackendOptions;
import org.jelectra.cli.console.Console;
import org.jelectra.cli.console.Interruption;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.finetune.FineTunePlan;
import org.jelectra.finetune.FineTuneRun;
import org.jelectra.finetune.RunResults;
import org.jelectra.finetune.SeedResult;
import org.jelectra.finetune.SeedsDivergedException;
import org.jelectra.io.FullDisk;

/** A fine-tuning run on a task, from its warnings to its results. */
final class FineTuneSession {

    private final Console console;
    private final BackendOptions backend;
    private final TokenizerFiles tokenizer;
    private final Interruption interruption;

    FineTuneSession(Console console, BackendOptions backend, TokenizerFiles tokenizer, Interruption interruption) {
        this.console = console;
        this.backend = backend;
        this.tokenizer = tokenizer;
        this.interruption = interruption;
    }

    /**
     * Trains and says what comes of it.
     *
     * @return the results, or empty where the run was interrupted
     * @throws SeedsDivergedException as {@link FineTuneRun#run}, after the others' results were said
     * @throws IOException as {@link FineTuneRun#run}; where the disk is full, the message says how to go on
     */
    Optional<List<SeedResult>> run(FineTunePlan plan, TaskSource source) throws IOException {
        source.warnings().forEach(warning -> console.out().println("warning: " + warning));
        FineTuneProgress progress = new FineTuneProgress(
                console.out(),
                console.terminal(),
                interruption,
                plan.seeds(),
                backend::isOnCpuUnasked,
                System::nanoTime);
        progress.begin(plan, source.description());
        Optional<List<SeedResult>> results;
        try {
            results = new FineTuneRun(backend::open, plan, source.tasks(tokenizer), progress).run();
        } catch (SeedsDivergedException e) {
            if (!e.results().isEmpty()) {
                progress.end(new RunResults(plan, e.results(), e.reasons()), plan.output());
            }
            throw e;
        } catch (IOException e) {
            throw FullDisk.isReasonOf(e)
                    ? new IOException(e.getMessage() + "; make room, and go on with the same command and --resume", e)
                    : e;
        }
        if (results.isEmpty()) {
            console.out().println("interrupted; go on with the same command and --resume");
        } else {
            progress.end(new RunResults(plan, results.get(), Map.of()), plan.output());
        }
        return results;
    }
}
