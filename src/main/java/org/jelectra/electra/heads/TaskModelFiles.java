package org.jelectra.electra.heads;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.autograd.Parameter;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.WeightFile;
import org.jelectra.io.Json;
import org.jelectra.io.OutputPath;
import org.jelectra.tensor.Tensor;

/** Writes an {@link EncoderWithHead} in HuggingFace's layout, and reads what its {@code config.json} says of the task. */
public final class TaskModelFiles {

    /** HuggingFace's class for its {@link SequenceHead}. */
    public static final String SEQUENCE_CLASSIFICATION = "ElectraForSequenceClassification";
    /** Ours for the linear {@link SequenceHead}; HuggingFace has no such class. */
    public static final String LINEAR_SEQUENCE_CLASSIFICATION = "JelectraForLinearSequenceClassification";
    /** HuggingFace's class for {@link TokenClassificationHead}. */
    public static final String TOKEN_CLASSIFICATION = "ElectraForTokenClassification";
    /** HuggingFace's class for a head {@code qa_outputs}. */
    public static final String QUESTION_ANSWERING = "ElectraForQuestionAnswering";
    /** Ours for {@link JointSpanHead}; HuggingFace has no such class. */
    public static final String JOINT_QUESTION_ANSWERING = "JelectraForJointQuestionAnswering";

    /** Entry of {@code config.json}: what the targets of a regression were divided by; ours, other programs pass it over. */
    public static final String SCALE = "regression_scale";

    /** Entry of {@code config.json}: how many texts an example of the task had, 1 or 2 for a pair; ours, as the scale. */
    public static final String TEXTS = "texts_per_example";

    /** Entry of {@code config.json}: what kind of outputs a sequence classifier has. */
    public static final String PROBLEM = "problem_type";
    /** Its value where a text may have several labels. */
    public static final String MULTI_LABEL = "multi_label_classification";

    private TaskModelFiles() {}

    /**
     * Which of some classes a model on disk is of.
     *
     * @throws IOException if {@code config.json} is missing or malformed, or names another class
     */
    public static int indexIn(List<String> architectures, Path folder) throws IOException {
        String found = ModelFiles.architecture(folder);
        int index = architectures.indexOf(found);
        if (index < 0) {
            throw new IOException(folder + ": expected a model of the kind " + String.join(" or ", architectures)
                    + ", found " + found);
        }
        return index;
    }

    /**
     * Writes {@code config.json} and {@code model.safetensors}; the tokenizer's files are the caller's.
     *
     * @param padId number of [PAD] in the model's vocabulary
     * @param architecture HuggingFace's class, one of the constants above
     * @param labels names of the outputs in their order; empty where the task has none
     * @param further more entries of {@code config.json}, such as {@code problem_type}
     */
    public static void save(
            EncoderWithHead<?> model,
            int padId,
            Path folder,
            String architecture,
            List<String> labels,
            JsonObject further)
            throws IOException {
        OutputPath.createFolder(folder);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : model.parameters().parameters()) {
            tensors.put(parameter.name(), parameter.value());
        }
        WeightFile.write(folder.resolve(ModelFiles.WEIGHTS), model.backend(), tensors);
        JsonObject json = ModelFiles.toJson(model.config(), architecture, padId);
        addLabels(json, labels);
        further.entrySet().forEach(entry -> json.add(entry.getKey(), entry.getValue()));
        Json.write(folder.resolve(ModelFiles.CONFIG), json);
    }

    /** Adds the names of the outputs to a {@code config.json}, as HuggingFace has them; nothing where there are none. */
    public static void addLabels(JsonObject json, List<String> labels) {
        if (labels.isEmpty()) {
            return;
        }
        JsonObject id2label = new JsonObject();
        JsonObject label2id = new JsonObject();
        for (int i = 0; i < labels.size(); i++) {
            id2label.addProperty(Integer.toString(i), labels.get(i));
            label2id.addProperty(labels.get(i), i);
        }
        json.add("id2label", id2label);
        json.add("label2id", label2id);
    }

    /**
     * Whether a sequence classifier gives a text any number of its labels.
     *
     * @throws IOException if {@code config.json} is missing or malformed
     */
    public static boolean isMultiLabel(Path folder) throws IOException {
        Path file = folder.resolve(ModelFiles.CONFIG);
        return new JsonPrimitive(MULTI_LABEL).equals(Json.read(file).get(PROBLEM));
    }

    /**
     * Names of the outputs, from {@code id2label}.
     *
     * @throws IOException if they are missing or not numbered from 0
     */
    public static List<String> labels(Path folder) throws IOException {
        Path file = folder.resolve(ModelFiles.CONFIG);
        JsonElement names = Json.read(file).get("id2label");
        if (names == null || !names.isJsonObject() || names.getAsJsonObject().isEmpty()) {
            throw new IOException(file + ": expected the labels in \"id2label\", found " + names);
        }
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < names.getAsJsonObject().size(); i++) {
            JsonElement label = names.getAsJsonObject().get(Integer.toString(i));
            if (label == null) {
                throw new IOException(file + ": \"id2label\" must number the labels from 0, but " + i + " is missing");
            }
            if (!label.isJsonPrimitive()) {
                throw new IOException(file + ": \"id2label\" must give each label a name, but " + i + " is " + label);
            }
            labels.add(label.getAsString());
        }
        return labels;
    }

    /**
     * How many texts the model was trained on at once, 1 or 2 for pairs; 0 where nothing is said.
     *
     * @throws IOException if {@code config.json} is malformed
     */
    public static int texts(Path folder) throws IOException {
        Path file = folder.resolve(ModelFiles.CONFIG);
        JsonElement texts = Json.read(file).get(TEXTS);
        if (texts == null) {
            return 0;
        }
        if (!texts.equals(new JsonPrimitive(1)) && !texts.equals(new JsonPrimitive(2))) {
            throw new IOException(file + ": \"" + TEXTS + "\" must be 1, or 2 for pairs, found " + texts);
        }
        return texts.getAsInt();
    }

    /**
     * What a regression's outputs have to be multiplied by to be in the units of its training file; 1 where nothing is said.
     *
     * @throws IOException if {@code config.json} is malformed
     */
    public static double scale(Path folder) throws IOException {
        Path file = folder.resolve(ModelFiles.CONFIG);
        JsonElement scale = Json.read(file).get(SCALE);
        if (scale == null) {
            return 1;
        }
        if (!scale.isJsonPrimitive() || !scale.getAsJsonPrimitive().isNumber() || !(scale.getAsDouble() > 0)) {
            throw new IOException(file + ": \"" + SCALE + "\" must be a positive number, found " + scale);
        }
        return scale.getAsDouble();
    }
}
