package org.jelectra.finetune.tasks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.finetune.data.Example;
import org.jelectra.finetune.data.ExampleFile;
import org.jelectra.finetune.data.TaskFolder;
import org.jelectra.finetune.data.TaskLabels;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.TextEncoder;

/**
 * A sentence task's files in memory.
 *
 * @param spec what they hold
 * @param labels the classes; empty for regression
 * @param training examples to learn from, swapped pairs included
 * @param development files to measure, at least one
 * @param tests files to predict, as many as there are
 * @param warnings what the user should know of the files
 */
public record TaskData(
        TaskSpec spec,
        List<String> labels,
        List<Example> training,
        List<ExampleFile> development,
        List<Test> tests,
        List<String> warnings) {

    /** A file to predict with the name of its submission. */
    public record Test(TaskSpec.TestFile name, ExampleFile examples) {}

    /**
     * Reads a task's files from its folder.
     *
     * @throws IOException if the training or every development file is missing, or a file is malformed
     */
    public static TaskData load(TaskSpec spec, Path folder) throws IOException {
        Path trainingFile = TaskFolder.required(folder, spec.train());
        List<String> labels = TaskLabels.of(spec, trainingFile);
        List<String> warnings = new ArrayList<>();
        List<ExampleFile> development = new ArrayList<>();
        ExampleFile training = read(spec, labels, trainingFile, warnings);
        if (spec.heldOut() != null) {
            development.add(training.measured(spec));
            training = training.trained(spec);
        }
        List<Example> examples = new ArrayList<>(training.examples());
        if (spec.symmetric()) {
            training.examples().forEach(example -> examples.add(example.swapped()));
        }
        for (Path file : TaskFolder.development(spec, folder)) {
            development.add(read(spec, labels, file, warnings));
        }
        List<Test> tests = new ArrayList<>();
        for (TaskSpec.TestFile test : spec.tests()) {
            Path file = TaskFolder.file(folder, test.file());
            if (file != null) {
                ExampleFile unlabelled = ExampleFile.unlabelled(spec, file, test.index());
                warnings.addAll(unlabelled.warnings());
                tests.add(new Test(test, unlabelled));
            }
        }
        return new TaskData(
                spec, labels, List.copyOf(examples), List.copyOf(development), List.copyOf(tests), warnings);
    }

    /** The texts of examples, in their order. */
    static List<EncodedText> encode(List<Example> examples, TextEncoder encoder) {
        return examples.stream()
                .map(example -> encoder.encode(example.first(), example.second()))
                .toList();
    }

    /**
     * Adds a warning where texts are cut.
     *
     * @param rows what the texts are: {@code training examples}
     * @param at the number of tokens, and what can be done
     */
    static void warnOfCut(List<String> warnings, String prefix, String rows, List<EncodedText> texts, String at) {
        long cut = TextEncoder.truncated(texts);
        if (cut > 0) {
            warnings.add(
                    String.format(Locale.ROOT, "%s%,d of %,d %s are cut at %s", prefix, cut, texts.size(), rows, at));
        }
    }

    private static ExampleFile read(TaskSpec spec, List<String> labels, Path file, List<String> warnings)
            throws IOException {
        ExampleFile examples = ExampleFile.labelled(spec, labels, file);
        warnings.addAll(examples.warnings());
        return examples;
    }
}
