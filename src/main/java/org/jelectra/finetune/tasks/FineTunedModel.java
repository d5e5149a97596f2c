package org.jelectra.finetune.tasks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.backend.Backend;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.electra.heads.TokenClassificationHead;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.data.ExampleFile;
import org.jelectra.finetune.data.TaggedFile;
import org.jelectra.finetune.data.TaskLabels;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.inference.batch.EncodedSentence;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.SentenceTagger;
import org.jelectra.inference.batch.SequencePredictor;
import org.jelectra.inference.batch.TextEncoder;

/** A fine-tuned model from its folder, measured on labelled files. */
public final class FineTunedModel {

    private static final int BATCH = 32;

    private final Backend backend;
    private final ModelFolder model;
    private final String architecture;

    /**
     * Reads all but the weights.
     *
     * @throws IOException if {@code config.json} or the vocabulary ({@code vocab.txt} or {@code tokenizer.json}) is missing or
     *     malformed, or they do not fit
     */
    public FineTunedModel(Backend backend, Path folder) throws IOException {
        this.backend = backend;
        model = ModelFolder.open(folder);
        architecture = ModelFiles.architecture(model.path());
    }

    /**
     * Measures the model on a labelled file of a task. The model decides the order of the labels, and the scale of its numbers.
     *
     * @throws IOException if the model is of another kind or has classes that the task's metric is not for, a tensor is missing, left over or of another shape, or the file is
     *     malformed or has labels that the model does not know
     */
    public MeasuredFile evaluate(TaskSpec spec, Path file) throws IOException {
        return spec.kind() == TaskSpec.Kind.TAGGING ? tagging(spec, file) : sequences(spec, file);
    }

    private MeasuredFile tagging(TaskSpec spec, Path file) throws IOException {
        require(List.of(TaskModelFiles.TOKEN_CLASSIFICATION), spec);
        List<String> labels = TaskModelFiles.labels(model.path());
        EncoderWithHead<TokenClassificationHead> network =
                model.network(backend, (arena, sizes) -> new TokenClassificationHead(arena, sizes, labels.size()));
        TaggedFile tagged = TaggingData.read(spec, file);
        List<EncodedSentence> sentences = TaggingTask.encode(tagged, model.maxLength(), model.wordPiece());
        SentenceTagger tagger = new SentenceTagger(network, labels, BATCH, model.maxLength(), model.padId());
        return new MeasuredFile(
                TaggingTask.score(spec.metric(), labels, tagged, tagger.tag(sentences)), List.of(), tagged.warnings());
    }

    private MeasuredFile sequences(TaskSpec spec, Path file) throws IOException {
        require(SequenceHead.architectures(), spec);
        Path folder = model.path();
        List<String> labels = TaskModelFiles.labels(folder);
        if (labels.size() == 1 != (spec.kind() == TaskSpec.Kind.REGRESSION)) {
            throw new IOException(folder + ": the model has " + labels.size() + " outputs, which does not fit "
                    + spec.name() + ", a task of " + spec.kind().label());
        }
        if (TaskModelFiles.isMultiLabel(folder) != (spec.kind() == TaskSpec.Kind.MULTILABEL)) {
            throw new IOException(folder + ": the model gives a text "
                    + (TaskModelFiles.isMultiLabel(folder) ? "any number of labels" : "one label")
                    + ", which does not fit " + spec.name() + ", a task of "
                    + spec.kind().label());
        }
        TaskLabels.requireMetric(spec, labels, folder);
        EncoderWithHead<ClassificationHead> network =
                model.network(backend, SequenceHead.of(folder).withOutputs(labels.size()));
        ExampleFile examples = ExampleFile.labelled(spec, labels, file);
        TextEncoder encoder = new TextEncoder(model.wordPiece(), model.maxLength());
        SequencePredictor predictor = new SequencePredictor(network, BATCH, model.maxLength(), model.padId());
        List<EncodedText> texts = TaskData.encode(examples.examples(), encoder);
        List<float[]> outputs = predictor.predict(texts);
        if (spec.kind() == TaskSpec.Kind.REGRESSION) {
            // what the model's training divided by is not always what this task says
            double scale = TaskModelFiles.scale(folder) / spec.scale();
            outputs = outputs.stream()
                    .map(output -> new float[] {(float) (output[0] * scale)})
                    .toList();
        }
        List<String> warnings = new ArrayList<>(examples.warnings());
        TaskData.warnOfCut(
                warnings, file + ": ", "rows", texts, model.maxLength() + " tokens" + FineTuneSettings.LONGEST);
        return new MeasuredFile(
                SequenceScores.of(spec, examples.examples(), outputs, labels.size()),
                SequenceScores.labels(spec, examples.examples(), outputs, labels),
                warnings);
    }

    private void require(List<String> expected, TaskSpec spec) throws IOException {
        if (!expected.contains(architecture)) {
            throw new IOException(model.path() + ": expected a fine-tuned model of the kind "
                    + String.join(" or ", expected) + " for " + spec.name() + ", found " + architecture);
        }
    }
}
