package org.jelectra.inference;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jelectra.electra.heads.ClassificationHead;
import org.jelectra.electra.heads.EncoderWithHead;
import org.jelectra.electra.heads.ModelFolder;
import org.jelectra.electra.heads.SequenceHead;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.inference.batch.SequencePredictor;
import org.jelectra.inference.batch.TextEncoder;

/** What classifiers and regressors have in common: a few outputs for each text. */
final class SequenceModel implements AutoCloseable {

    private final ModelFolder folder;
    private final List<String> labels;
    private final ModelThread<SequencePredictor> model;
    private final LongAdder truncated = new LongAdder();

    private SequenceModel(ModelFolder folder, List<String> labels, ModelThread<SequencePredictor> model) {
        this.folder = folder;
        this.labels = labels;
        this.model = model;
    }

    static SequenceModel load(Path directory, ModelKind kind, InferenceOptions options) throws IOException {
        ModelFolder folder = kind.open(directory);
        List<String> labels = ModelLabels.of(folder.path());
        SequenceHead head = SequenceHead.of(folder.path());
        return new SequenceModel(folder, labels, ModelThread.start(folder.path(), options.backend(), backend -> {
            EncoderWithHead<ClassificationHead> network = folder.network(backend, head.withOutputs(labels.size()));
            return new SequencePredictor(network, options.batchSize(), folder.maxLength(), folder.padId());
        }));
    }

    ModelFolder folder() {
        return folder;
    }

    List<String> labels() {
        return labels;
    }

    int maxLength() {
        return folder.maxLength();
    }

    /** Tokens of a text, with [CLS] and [SEP], that is not cut. */
    int length(TextInput text) {
        return new TextEncoder(folder.wordPiece(), Integer.MAX_VALUE)
                .encode(text.first(), text.second())
                .length();
    }

    /** Outputs of the head for each text. */
    List<float[]> outputs(List<TextInput> texts) {
        TextEncoder encoder = new TextEncoder(folder.wordPiece(), folder.maxLength());
        List<EncodedText> encoded = texts.stream()
                .map(text -> encoder.encode(text.first(), text.second()))
                .toList();
        List<float[]> outputs = model.call(predictor -> predictor.predict(encoded));
        truncated.add(TextEncoder.truncated(encoded));
        return outputs;
    }

    /** How many texts were cut so far. */
    long truncated() {
        return truncated.sum();
    }

    @Override
    public void close() {
        model.close();
    }
}
