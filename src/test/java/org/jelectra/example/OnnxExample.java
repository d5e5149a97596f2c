package org.jelectra.example;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jelectra.electra.ModelFiles;
import org.jelectra.electra.TokenizerFiles;
import org.jelectra.electra.onnx.OnnxExport;
import org.jelectra.inference.batch.EncodedText;
import org.jelectra.text.WordPiece;

/** The example of docs/onnx.md. */
final class OnnxExample {

    private OnnxExample() {}

    // documented: begin
    /** Exports a classifier and lets ONNX Runtime compute the logits of a text. */
    static float[] logits(Path model, Path file, String text) throws IOException, OrtException {
        OnnxExport.write(model, file, false);
        TokenizerFiles tokenizer = TokenizerFiles.load(model, ModelFiles.readConfig(model));
        int[] tokens = new WordPiece(tokenizer.vocabulary(), tokenizer.options()).encode(text);
        EncodedText encoded = EncodedText.single(tokens, tokenizer.maxLength(), tokenizer.vocabulary());
        long[][] ids = {Arrays.stream(encoded.ids()).asLongStream().toArray()}; // [CLS] tokens [SEP]
        long[][] mask = {new long[encoded.length()]};
        Arrays.fill(mask[0], 1);
        long[][] types = {new long[encoded.length()]};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor inputIds = OnnxTensor.createTensor(environment, ids);
                OnnxTensor attentionMask = OnnxTensor.createTensor(environment, mask);
                OnnxTensor tokenTypeIds = OnnxTensor.createTensor(environment, types);
                OrtSession.Result result = session.run(Map.of(
                        "input_ids", inputIds, "attention_mask", attentionMask, "token_type_ids", tokenTypeIds))) {
            return ((float[][]) result.get("logits").orElseThrow().getValue())[0];
        }
    }
    // documented: end
}
