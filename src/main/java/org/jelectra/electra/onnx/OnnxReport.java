package org.jelectra.electra.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jelectra.io.onnx.OnnxValue;

/**
 * What {@link OnnxExport} wrote.
 *
 * @param file the file
 * @param bytes its size
 * @param inputs what the graph reads
 * @param outputs what it gives
 * @param opset version of the operator set that a runtime has to know
 */
public record OnnxReport(Path file, long bytes, List<OnnxValue> inputs, List<OnnxValue> outputs, int opset) {

    /** For people, one line. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %,d bytes, inputs %s, outputs %s, opset %d",
                file,
                bytes,
                shown(inputs),
                shown(outputs),
                opset);
    }

    private static String shown(List<OnnxValue> values) {
        return values.stream().map(OnnxValue::toString).collect(Collectors.joining(", "));
    }
}
