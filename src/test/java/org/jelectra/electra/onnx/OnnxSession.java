package org.jelectra.electra.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An exported model in ONNX Runtime. */
final class OnnxSession implements AutoCloseable {

    /** An output. */
    record Output(long[] sizes, float[] values) {}

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxSession(Path file) throws OrtException {
        this(file, OrtSession.SessionOptions.OptLevel.ALL_OPT);
    }

    OnnxSession(Path file, OrtSession.SessionOptions.OptLevel level) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL); // errors are thrown too
            options.setOptimizationLevel(level);
            session = environment.createSession(file.toString(), options);
        }
    }

    /** All outputs of a batch, by name. */
    Map<String, Output> run(TokenBatch batch) throws OrtException {
        long[] sizes = {batch.size(), batch.length()};
        List<long[]> arrays = List.of(batch.ids(), batch.mask(), batch.types());
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        for (String name : List.of("input_ids", "attention_mask", "token_type_ids")) {
            inputs.put(name, OnnxTensor.createTensor(environment, LongBuffer.wrap(arrays.get(inputs.size())), sizes));
        }
        try (OrtSession.Result result = session.run(inputs)) {
            Map<String, Output> outputs = new LinkedHashMap<>();
            for (Map.Entry<String, OnnxValue> entry : result) {
                OnnxTensor tensor = (OnnxTensor) entry.getValue();
                float[] values = new float[tensor.getFloatBuffer().remaining()];
                tensor.getFloatBuffer().get(values);
                outputs.put(entry.getKey(), new Output(tensor.getInfo().getShape(), values));
            }
            return outputs;
        } finally {
            new ArrayList<>(inputs.values()).forEach(OnnxTensor::close);
        }
    }

    Map<String, String> metadata() throws OrtException {
        return session.getMetadata().getCustomMetadata();
    }

    String producer() throws OrtException {
        return session.getMetadata().getProducerName();
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
