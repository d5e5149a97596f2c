package org.jelectra.finetune;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jelectra.backend.Backend;
import org.jelectra.backend.ComputedBy;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.EncoderFiles;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.io.AtomicFile;
import org.jelectra.io.DirectoryLock;
import org.jelectra.io.Interruption;
import org.jelectra.io.Json;
import org.jelectra.io.JsonFields;
import org.jelectra.io.OutputPath;
import org.jelectra.tensor.DType;

/**
 * Fine-tunes a model on a task once per seed, and writes all that comes of it: in {@code OUTPUT/seed-N} the model in
 * HuggingFace's layout, predictions, {@code metrics.jsonl} and {@code curves.png}, in {@code OUTPUT/results.json} the metric of
 * every seed and their summary. The model of a seed is the one after the last step, as in the official code: choosing another by
 * the development set flatters it, which is done where the plan asks for it, and said in the results.
 */
public final class FineTuneRun {

    private static final String RESULT = "result.json";
    /** Begins the name of a seed's folder. */
    private static final String SEED = "seed-";

    private static final String SETTINGS = "settings";

    private final Supplier<Backend> backends;
    private final FineTunePlan plan;
    private final FineTuningTask.Factory tasks;
    private final FineTuneRunListener listener;
    /** What computed the seed before, null before the first. */
    private ComputedBy before;
    /** Whether the warnings of the task were told, which are the same for every seed. */
    private boolean told;

    /** @param backends opens a backend for each seed, which is closed after it: memory lives as long as its backend */
    public FineTuneRun(
            Supplier<Backend> backends, FineTunePlan plan, FineTuningTask.Factory tasks, FineTuneRunListener listener) {
        this.backends = backends;
        this.plan = plan;
        this.tasks = tasks;
        this.listener = listener;
    }

    /**
     * Trains all seeds that are not done yet, and those behind one that diverges too. An interruption of the thread ends the run as the
     * listener does, with a snapshot; the thread counts as interrupted again afterwards.
     *
     * @return the results, or empty where the run was interrupted
     * @throws IOException if the output holds a run that is not to be taken up, or a file cannot be read or written
     * @throws SeedsDivergedException at the end, if seeds have diverged; a run that is taken up tries them again
     */
    public Optional<List<SeedResult>> run() throws IOException {
        Path output = plan.output();
        if (!plan.resumes()) {
            requireNone(output);
        }
        OutputPath.createFolder(output);
        DirectoryLock lock = DirectoryLock.acquire(output);
        try (Interruption interruption = new Interruption()) {
            requireSeedsWithResults();
            AtomicFile.deleteLeftovers(output);
            JsonObject identity = RunIdentity.of(plan);
            List<SeedResult> results = new ArrayList<>();
            Map<Long, String> diverged = new LinkedHashMap<>();
            DivergenceException last = null;
            for (int i = 0; i < plan.seeds(); i++) {
                long seed = plan.settings().seed() + i;
                try {
                    SeedResult result = seed(seed, identity, interruption);
                    if (result == null) {
                        return Optional.empty();
                    }
                    results.add(result);
                } catch (DivergenceException e) {
                    last = e;
                    diverged.put(seed, e.getMessage());
                    listener.onDivergence(seed, e.getMessage());
                    // of weights that may be ruined already
                    Files.deleteIfExists(output.resolve(SEED + seed).resolve(RunSnapshot.FILE_NAME));
                } catch (IllegalStateException e) {
                    throw new IllegalStateException("seed " + seed + ": " + e.getMessage(), e);
                }
                if (!results.isEmpty()) {
                    new RunResults(plan, results, diverged).write(output, identity);
                }
            }
            if (last != null) {
                throw new SeedsDivergedException(results, diverged, output.resolve(RunResults.FILE_NAME), last);
            }
            return Optional.of(results);
        } finally {
            lock.close();
        }
    }

    /** Throws IOException where a directory holds a run already. */
    public static void requireNone(Path output) throws IOException {
        if (!Files.isDirectory(output)) {
            return;
        }
        try (var files = Files.list(output)) {
            if (files.anyMatch(
                    file -> file.getFileName().toString().startsWith(SEED) || file.endsWith(RunResults.FILE_NAME))) {
                throw new IOException(
                        output + ": holds a run already; choose another directory, or --resume to go on with it");
            }
        }
    }

    /** What a seed has cost is not to be lost from {@link RunResults} because a call leaves it out. */
    private void requireSeedsWithResults() throws IOException {
        BigInteger first = BigInteger.valueOf(plan.settings().seed());
        BigInteger last = first.add(BigInteger.valueOf(plan.seeds() - 1));
        for (Path folder : seedFolders(plan.output(), RESULT)) {
            BigInteger seed = seed(folder);
            if (seed.compareTo(first) < 0 || seed.compareTo(last) > 0) {
                throw new IOException(plan.output() + ": seed " + seed + " has a result that " + RunResults.FILE_NAME
                        + " would lose; expected --seed and --seeds that include it, got seeds " + first + " to "
                        + last);
            }
        }
    }

    /** The folders of those seeds of the run in a directory that have logged something, in the order of their numbers. */
    public static List<Path> seedFolders(Path output) throws IOException {
        return seedFolders(output, ReportLog.FILE_NAME);
    }

    private static List<Path> seedFolders(Path output, String fileName) throws IOException {
        if (!Files.isDirectory(output)) {
            return List.of();
        }
        try (var files = Files.list(output)) {
            return files.filter(file -> file.getFileName().toString().matches(SEED + "-?\\d{1,19}"))
                    .filter(folder -> Files.isRegularFile(folder.resolve(fileName)))
                    .sorted(Comparator.comparing(FineTuneRun::seed))
                    .toList();
        }
    }

    private static BigInteger seed(Path folder) {
        return new BigInteger(folder.getFileName().toString().substring(SEED.length()));
    }

    /**
     * What the run in a directory was computed in so far, by the seed that was interrupted, else by the last that has a result; null where
     * there is none.
     *
     * @throws IOException if the seed's file cannot be read
     */
    public static DType precision(Path output) throws IOException {
        List<Path> interrupted = seedFolders(output, RunSnapshot.FILE_NAME);
        if (!interrupted.isEmpty()) {
            Path last = interrupted.get(interrupted.size() - 1);
            return RunSnapshot.computedBy(last.resolve(RunSnapshot.FILE_NAME)).valueType();
        }
        List<Path> done = seedFolders(output, RESULT);
        if (done.isEmpty()) {
            return null;
        }
        Path result = done.get(done.size() - 1).resolve(RESULT);
        return RunPrecision.of(new JsonFields(readResult(result), result.toString()))
                .valueType();
    }

    private static JsonObject readResult(Path file) throws IOException {
        try {
            return Json.read(file);
        } catch (FileSystemException e) {
            throw e; // there may be nothing wrong with its content
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; delete it to begin this seed anew", e);
        }
    }

    private SeedResult seed(long seed, JsonObject runIdentity, Interruption interruption) throws IOException {
        String name = SEED + seed;
        Path folder = Files.createDirectories(plan.output().resolve(name));
        FineTuneSettings settings = plan.settings().withSeed(seed);
        JsonObject identity = RunIdentity.withSeed(runIdentity, seed);
        Path done = folder.resolve(RESULT);
        Path snapshot = folder.resolve(RunSnapshot.FILE_NAME);
        AtomicFile.deleteLeftovers(folder);
        if (plan.resumes() && Files.exists(done)) {
            JsonObject json = readResult(done);
            // results of other settings or data are not seeds of this run
            RunIdentity.require(done, json.get(SETTINGS), identity);
            SeedResult result = SeedResult.fromJson(new JsonFields(json, done.toString()));
            warnOfAnother(seed, result.computedBy());
            Files.deleteIfExists(snapshot); // of a process that was killed between the two
            listener.onResult(result);
            return result;
        }
        try (Backend backend = backends.get()) {
            ComputedBy now = ComputedBy.of(backend);
            warnOfAnother(seed, now);
            FineTuningTask task = tasks.create(backend, plan.config(), settings);
            if (!told) {
                task.warnings().forEach(listener::onWarning);
                told = true;
            }
            EncoderFiles.Report weights = plan.weights().load(task, plan.modelFolder());
            FineTuner tuner = new FineTuner(task, settings);
            task.reserve();
            BestWeights best = plan.keepsBest() ? new BestWeights(task.model()) : null;
            JsonObject state = identity.deepCopy();
            state.addProperty("examples", task.size());
            if (Files.exists(snapshot)) {
                ComputedBy begun = RunSnapshot.read(snapshot, tuner, state, best);
                if (!now.roundsAs(begun)) {
                    listener.onWarning("seed " + seed + " was computed by backend " + begun + ", now it is " + now
                            + ": it goes on, but not bit for bit");
                }
            }
            listener.onSeed(seed, weights, tuner.state().step(), tuner.steps());
            SeedResult result;
            try (SeedRecorder recorder = new SeedRecorder(plan, folder, tuner, state, listener, interruption, best)) {
                tuner.run(recorder);
                if (tuner.state().step() < tuner.steps()) {
                    recorder.writeSnapshot();
                    return null;
                }
                result = recorder.result(name, task, now);
            }
            save(task, folder);
            JsonObject json = result.toJson();
            json.add(SETTINGS, identity);
            Json.write(done, json);
            Files.deleteIfExists(snapshot);
            listener.onResult(result);
            return result;
        }
    }

    /** The spread over seeds is then not that of the seed alone. */
    private void warnOfAnother(long seed, ComputedBy now) {
        if (before != null && !now.roundsAs(before)) {
            listener.onWarning("the seeds before were computed by backend " + before + ", seed " + seed + " by " + now
                    + ": " + RunResults.FILE_NAME + " has both");
        }
        before = now;
    }

    private void save(FineTuningTask task, Path folder) throws IOException {
        TokenizerFiles tokenizer = plan.tokenizer();
        int padId = tokenizer.vocabulary().padId();
        TaskModelFiles.save(task.model(), padId, folder, task.architecture(), task.labels(), task.furtherConfig());
        // not the encoder's, which may be longer: a trained model answers as it was measured
        int length = plan.settings().maxLength();
        new TokenizerFiles(tokenizer.vocabulary(), tokenizer.options(), length, plan.trainedLength()).save(folder);
        task.writePredictions(folder);
    }
}
