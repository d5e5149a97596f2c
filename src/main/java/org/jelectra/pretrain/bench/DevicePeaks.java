package org.jelectra.pretrain.bench;

import java.util.List;
import org.jelectra.tensor.DType;

/**
 * What a device can do at best; NaN where that is not known.
 *
 * @param bytesPerSecond of its memory
 * @param flopsPerSecond of its matrix products
 */
public record DevicePeaks(double bytesPerSecond, double flopsPerSecond) {

    /** Of a device whose figures are not known. */
    public static final DevicePeaks UNKNOWN = new DevicePeaks(Double.NaN, Double.NaN);

    /** Words in the names of devices that have less or other units than the module. */
    private static final List<String> OTHERS = List.of("PCIe", "NVL", "MIG");

    /**
     * Figures of the data sheets of NVIDIA's SXM modules: H100 3.35 and H200 4.8 TB/s; both 989 TFLOP/s in bf16 (half of the 1,979
     * with sparsity) and 67 in float32. The PCIe and NVL cards of these names have others, as have the GH200 and parts of a
     * device (MIG).
     *
     * @param device its name as the driver tells it
     * @param values type of the values; products in FLOAT32 do not use the tensor cores
     */
    public static DevicePeaks of(String device, DType values) {
        List<String> words = List.of(device.split("\\s+"));
        boolean h200 = words.contains("H200");
        if (!h200 && !words.contains("H100") || OTHERS.stream().anyMatch(words::contains)) {
            return UNKNOWN;
        }
        return new DevicePeaks(h200 ? 4.8e12 : 3.35e12, values == DType.BFLOAT16 ? 989e12 : 67e12);
    }

    /**
     * Microseconds that an operation needs at least: those of its bytes or of its products, whichever are more. NaN where the peak
     * that it needs is not known.
     */
    public double floorMicroseconds(TimedOperation operation) {
        double memory = operation.bytes() / bytesPerSecond;
        double products = operation.flops() == 0 ? 0 : operation.flops() / flopsPerSecond;
        return 1e6 * Math.max(memory, products);
    }
}
