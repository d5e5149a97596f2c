package org.jelectra.example;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jelectra.backend.Backends;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.finetune.FineTunePlan;
import org.jelectra.finetune.FineTuneRun;
import org.jelectra.finetune.FineTuneRunListener;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.SeedResult;
import org.jelectra.finetune.StepReport;
import org.jelectra.finetune.data.TaskFile;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.tasks.ClassificationTask;
import org.jelectra.finetune.tasks.TaskData;
import org.jelectra.text.WordPiece;

/** The example of docs/fine-tuning.md. */
final class FineTuneExample {

    private FineTuneExample() {}

    // documented: begin
    /** Trains two seeds on a declared task, says how they do on the development set, and returns the first one's folder. */
    static Path fineTune(Path model, Path task, Path data, Path output, PrintStream out) throws IOException {
        TaskSpec spec = TaskFile.read(task);
        TaskData examples = TaskData.load(spec, data);
        int width = ModelFiles.readConfig(EncoderFiles.find(model)).hiddenSize();
        FineTuneSettings settings = FineTuneSettings.defaults(width, spec.epochs(), 32, 1);
        FineTunePlan plan = FineTunePlan.of(spec, data, model, settings, 2, output);
        WordPiece wordPiece =
                new WordPiece(plan.tokenizer().vocabulary(), plan.tokenizer().options());
        int threads = Runtime.getRuntime().availableProcessors();
        FineTuneRun run = new FineTuneRun(
                () -> Backends.open(Backends.AUTO, threads),
                plan,
                (backend, sizes, seed) -> new ClassificationTask(backend, sizes, seed, examples, wordPiece),
                new FineTuneRunListener() {
                    @Override
                    public void onReport(long seed, StepReport report) {
                        out.printf("seed %d, step %d: loss %.3f%n", seed, report.step(), report.loss());
                    }
                });
        List<SeedResult> results = run.run().orElseThrow(); // empty only where the run is interrupted
        for (SeedResult result : results) {
            out.printf("%s: %.3f%n", spec.metric().label(), result.evaluation().value());
        }
        return output.resolve(results.get(0).directory());
    }
    // documented: end
}
