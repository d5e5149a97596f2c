package org.jelectra.cli.finetune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.finetune.FineTuningTask;
import org.jelectra.finetune.data.GlueTasks;
import org.jelectra.finetune.data.HeldOut;
import org.jelectra.finetune.data.TaggingTasks;
import org.jelectra.finetune.data.TaskFile;
import org.jelectra.finetune.data.TaskFolder;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.finetune.tasks.ClassificationTask;
import org.jelectra.finetune.tasks.TaggingData;
import org.jelectra.finetune.tasks.TaggingTask;
import org.jelectra.finetune.tasks.TaskData;
import org.jelectra.text.WordPiece;

/** A task over sentences or tagged text by its name on the command line, with its data read. */
final class FineTuneSource implements TaskSource {

    private static final int TAGGING_LENGTH = 256;
    private static final int LENGTH = 128;
    private static final String DECLARATION = ".json";

    private final TaskSpec spec;
    /** Null of tagging. */
    private final SequenceHead head;

    private final Map<String, Path> files;
    private final TaskData sentences;
    private final TaggingData tagged;

    private FineTuneSource(
            TaskSpec spec, SequenceHead head, Map<String, Path> files, TaskData sentences, TaggingData tagged) {
        this.spec = spec;
        this.head = head;
        this.files = files;
        this.sentences = sentences;
        this.tagged = tagged;
    }

    /** A task of that name, or that a JSON file declares. Throws IllegalArgumentException for an unknown one. */
    static TaskSpec spec(String task) throws IOException {
        if (task.endsWith(DECLARATION)) {
            return TaskFile.read(Path.of(task));
        }
        TaskSpec spec = GlueTasks.find(task);
        if (spec == null && TaggingTasks.CONLL.folders().contains(task.toLowerCase(Locale.ROOT))) {
            spec = TaggingTasks.CONLL;
        }
        if (spec == null) {
            throw new IllegalArgumentException("unknown task " + task + ": expected one of "
                    + String.join(
                            ", ", GlueTasks.all().stream().map(TaskSpec::name).toList())
                    + ", squad, squadv1, tagging, or a file that ends in .json");
        }
        return spec;
    }

    /**
     * Reads the data of a task.
     *
     * @param task its name, or the file that declares it
     * @param spec of that name
     * @param head null of tagging
     * @throws IOException where its files are missing or malformed
     */
    static FineTuneSource of(String task, TaskSpec spec, SequenceHead head, Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + ": expected a directory with the task's files, found "
                    + (Files.exists(directory) ? "a file" : "nothing"));
        }
        Path folder = TaskFolder.find(spec, directory);
        if (folder == null) {
            throw new IOException(directory + ": expected " + spec.train() + " (or .xz, .gz), there or in a folder "
                    + spec.folders().get(0) + ", found none" + underAnotherEnding(task, spec, directory));
        }
        Map<String, Path> files = TaskFolder.files(spec, folder);
        if (task.endsWith(DECLARATION)) {
            files.put(Path.of(task).getFileName().toString(), Path.of(task));
        }
        return spec.kind() == TaskSpec.Kind.TAGGING
                ? new FineTuneSource(spec, null, files, null, TaggingData.load(spec, folder))
                : new FineTuneSource(spec, head, files, TaskData.load(spec, folder), null);
    }

    /** What helps where a declared task's training file has another ending than its declaration says. */
    private static String underAnotherEnding(String task, TaskSpec spec, Path directory) throws IOException {
        if (!task.endsWith(DECLARATION)) {
            return "";
        }
        String wanted = TaskFolder.baseName(Path.of(spec.train()));
        Path own = directory.resolve(spec.folders().get(0));
        try (Stream<Path> entries = Files.list(Files.isDirectory(own) ? own : directory)) {
            return entries.filter(file -> Files.isRegularFile(file)
                            && TaskFolder.baseName(file).equals(wanted))
                    .map(file -> file.getFileName().toString().replaceFirst("(\\.xz|\\.gz)$", ""))
                    .sorted()
                    .findFirst()
                    .map(name -> "; where it is " + name + ", say so in " + task + ": \"train\": \"" + name + "\"")
                    .orElse("");
        }
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public String head() {
        return head == null ? null : head.label();
    }

    @Override
    public HeldOut heldOut() {
        return spec.heldOut();
    }

    @Override
    public double epochs() {
        return spec.epochs();
    }

    @Override
    public int maxLength() {
        return tagged == null ? LENGTH : TAGGING_LENGTH;
    }

    @Override
    public List<String> warnings() {
        if (tagged != null) {
            return tagged.warnings();
        }
        List<String> warnings = new ArrayList<>(sentences.warnings());
        if (spec.kind() == TaskSpec.Kind.REGRESSION) {
            warnings.addAll(TargetSpread.of(sentences).warnings());
        }
        return warnings;
    }

    @Override
    public Map<String, Path> files() {
        return files;
    }

    @Override
    public String description() {
        if (tagged != null) {
            return String.format(
                    Locale.ROOT,
                    "%s: %,d training sentences, %,d %s\n%s",
                    spec.name(),
                    tagged.training().sentences().size(),
                    tagged.development().get(0).sentences().size(),
                    measured(),
                    LabelCounts.line(tagged));
        }
        return String.format(
                Locale.ROOT,
                "%s%s: %,d training examples%s, %,d %s%s",
                spec.name(),
                head == SequenceHead.LINEAR ? ", " + head.label() + " head" : "",
                sentences.training().size(),
                spec.symmetric() ? " (pairs both ways round)" : "",
                sentences.development().get(0).examples().size(),
                measured(),
                "\n"
                        + (spec.kind() == TaskSpec.Kind.REGRESSION
                                ? TargetSpread.of(sentences).line()
                                : LabelCounts.line(sentences)));
    }

    private String measured() {
        return spec.heldOut() == null ? "for development" : "held out of the same file for development";
    }

    @Override
    public FineTuningTask.Factory tasks(TokenizerFiles tokenizer) {
        WordPiece wordPiece = new WordPiece(tokenizer.vocabulary(), tokenizer.options());
        return (backend, config, settings) -> tagged == null
                ? new ClassificationTask(backend, config, head, settings, sentences, wordPiece)
                : new TaggingTask(backend, config, settings, tagged, wordPiece);
    }
}
