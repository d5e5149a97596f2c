package org.jelectra.finetune.tasks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.autograd.Workspace;
import org.jelectra.backend.Backend;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.electra.heads.TaskModelFiles;
import org.jelectra.finetune.Evaluation;
import org.jelectra.finetune.FineTuneSettings;
import org.jelectra.finetune.FineTuningTask;
import org.jelectra.finetune.TaskGraph;
import org.jelectra.finetune.data.Example;
import org.jelectra.finetune.data.ExampleFile;
import org.jelectra.finetune.data.TaskSpec;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.SequencePredictor;
import org.jelectra.inference.batch.TextEncoder;
import org.jelectra.nn.EncoderConfig;
import org.jelectra.text.WordPiece;

/** One label or several for texts or pairs of texts, or a number for each: all of GLUE, and more. */
public final class ClassificationTask implements FineTuningTask {

    private static final String LINEAR_MODEL_TYPE = "jelectra-linear-sequence-classification";

    private final EncoderWithHead<ClassificationHead> model;
    private final SequenceHead head;
    private final TaskData data;
    private final FineTuneSettings settings;
    private final TextEncoder encoder;
    private final int outputs;
    private final int padId;
    private final List<EncodedText> texts;
    private final float[] labels;
    /** Of each example, where there may be several; else empty. */
    private final List<List<Integer>> classes;

    private final List<List<EncodedText>> development = new ArrayList<>();
    private final SequencePredictor predictor;

    /** The task over a new model of the given sizes, with HuggingFace's head. */
    public ClassificationTask(
            Backend backend, EncoderConfig config, FineTuneSettings settings, TaskData data, WordPiece wordPiece) {
        this(backend, config, SequenceHead.HUGGINGFACE, settings, data, wordPiece);
    }

    /** The task over a new model of the given sizes. */
    public ClassificationTask(
            Backend backend,
            EncoderConfig config,
            SequenceHead head,
            FineTuneSettings settings,
            TaskData data,
            WordPiece wordPiece) {
        this.head = head;
        this.data = data;
        this.settings = settings;
        encoder = new TextEncoder(wordPiece, settings.maxLength());
        outputs = data.spec().kind() == TaskSpec.Kind.REGRESSION
                ? 1
                : data.labels().size();
        padId = wordPiece.vocabulary().padId();
        model = new EncoderWithHead<>(
                backend, config, head.withOutputs(outputs), settings.frozenLayers(), settings.seed());
        texts = TaskData.encode(data.training(), encoder);
        labels = new float[texts.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = data.training().get(i).label();
        }
        classes = data.training().stream().map(Example::classes).toList();
        for (ExampleFile file : data.development()) {
            development.add(TaskData.encode(file.examples(), encoder));
        }
        predictor = new SequencePredictor(model, settings.microBatchSize(), settings.maxLength(), padId);
    }

    @Override
    public int size() {
        return texts.size();
    }

    @Override
    public int length(int example) {
        return texts.get(example).length();
    }

    @Override
    public TaskGraph record(int batch, int length, Workspace workspace) {
        return data.spec().kind() == TaskSpec.Kind.MULTILABEL
                ? new MultiLabelGraph(
                        model, texts, classes, outputs, settings.reduction(), padId, batch, length, workspace)
                : new SequenceGraph(
                        model, texts, labels, outputs, settings.reduction(), padId, batch, length, workspace);
    }

    /** How many examples are cut, of training and development. */
    @Override
    public List<String> warnings() {
        String at = settings.limit(model.config());
        List<String> warnings = new ArrayList<>();
        TaskData.warnOfCut(warnings, "", "training examples", texts, at);
        for (int i = 0; i < development.size(); i++) {
            TaskData.warnOfCut(warnings, data.development().get(i).file() + ": ", "rows", development.get(i), at);
        }
        return warnings;
    }

    @Override
    public void reserve() {
        predictor.reserve();
    }

    @Override
    public Evaluation evaluate() {
        List<ExampleFile> files = data.development();
        return Evaluation.of(
                files.stream().map(ExampleFile::file).toList(),
                i -> SequenceScores.of(
                        data.spec(), files.get(i).examples(), predictor.predict(development.get(i)), outputs));
    }

    @Override
    public List<String> writePredictions(Path folder) throws IOException {
        SequencePredictions writer = new SequencePredictions(data, folder);
        for (int i = 0; i < development.size(); i++) {
            writer.development(data.development().get(i), predictor.predict(development.get(i)));
        }
        for (TaskData.Test test : data.tests()) {
            writer.test(test, predictor.predict(TaskData.encode(test.examples().examples(), encoder)));
        }
        return writer.written();
    }

    @Override
    public EncoderWithHead<ClassificationHead> model() {
        return model;
    }

    @Override
    public String architecture() {
        return head.architecture();
    }

    @Override
    public List<String> labels() {
        return data.spec().kind() == TaskSpec.Kind.REGRESSION ? List.of("LABEL_0") : data.labels();
    }

    @Override
    public JsonObject furtherConfig() {
        JsonObject json = new JsonObject();
        boolean regression = data.spec().kind() == TaskSpec.Kind.REGRESSION;
        json.addProperty(
                TaskModelFiles.PROBLEM,
                switch (data.spec().kind()) {
                    case REGRESSION -> "regression";
                    case MULTILABEL -> TaskModelFiles.MULTI_LABEL;
                    case CLASSIFICATION, TAGGING -> "single_label_classification";
                });
        if (regression) {
            json.addProperty(TaskModelFiles.SCALE, data.spec().scale());
        }
        json.addProperty(TaskModelFiles.TEXTS, data.spec().text().size());
        json.addProperty("finetuning_task", data.spec().name());
        if (head == SequenceHead.LINEAR) {
            // else HuggingFace's code would load the model, with a head of random weights
            json.addProperty("model_type", LINEAR_MODEL_TYPE);
        }
        return json;
    }
}
