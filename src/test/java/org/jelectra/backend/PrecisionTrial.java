package org.jelectra.backend;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.check.Catalog;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.check.Trial;
import org.jelectra.backend.check.TrialOperand;
import org.jelectra.backend.check.TrialOperand.Kind;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.Tensor;

/**
 * One operation on values of the standard normal distribution, whose numbers are compared between backends.
 *
 * @param forward of the way back through an operation: that, which leaves some of the operands; else null
 */
record PrecisionTrial(Trial trial, Trial forward) {

    /** All operations that leave floating-point numbers alone, but for chains, which are made of the others. */
    static List<PrecisionTrial> at(Sizes sizes) {
        Map<String, Trial> trials = new LinkedHashMap<>();
        Catalog.withVariants(sizes).forEach(trial -> trials.put(trial.name(), trial));
        return trials.values().stream()
                .filter(trial -> !trial.name().startsWith("chain "))
                .filter(trial -> trial.operands().stream()
                        .noneMatch(operand -> operand.isResult() && operand.kind() == Kind.INTEGERS))
                .map(trial -> new PrecisionTrial(trial, trials.get(trial.forward())))
                .toList();
    }

    String name() {
        return trial.name();
    }

    /** Whether a result is in the value type. */
    boolean isValue(String result) {
        return trial.operands().stream()
                .anyMatch(operand -> operand.name().equals(result) && operand.kind() == Kind.VALUES);
    }

    /**
     * Content of the operands that are values, by name, for any number of backends: bf16 numbers on all of them.
     *
     * @param forward of the operation before; empty where there is none
     */
    record Content(Map<String, float[]> forward, Map<String, float[]> operands) {}

    /** The content of the operands, the same every time. */
    Content draw() {
        return new Content(forward == null ? Map.of() : values(forward), values(trial));
    }

    /** Runs the operation; returns the numbers that it leaves, by result. */
    Map<String, double[]> run(Backend backend, Content content) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        if (forward != null) {
            tensors.putAll(place(forward, backend, content.forward()));
        }
        tensors.putAll(place(trial, backend, content.operands()));
        if (forward != null) {
            forward.prepare(backend, tensors).run();
        }
        trial.prepare(backend, tensors).run();
        Map<String, double[]> results = new LinkedHashMap<>();
        trial.operands().stream()
                .filter(this::isCompared)
                .forEach(operand -> results.put(operand.name(), numbers(backend, tensors.get(operand.name()))));
        return results;
    }

    private boolean isCompared(TrialOperand operand) {
        // no more exact than qkv, of which single numbers are rounded in another direction
        boolean inexact = name().equals("selfAttention") && operand.name().equals("logSumExp");
        return operand.isResult() && operand.touched() > 0 && !inexact;
    }

    private static Map<String, Tensor> place(Trial trial, Backend backend, Map<String, float[]> values) {
        Map<String, Tensor> tensors = trial.place(backend);
        values.forEach((name, numbers) -> backend.upload(numbers, 0, tensors.get(name)));
        return tensors;
    }

    private static Map<String, float[]> values(Trial trial) {
        Map<String, float[]> content = new LinkedHashMap<>();
        RandomSource random = new RandomSource(trial.name().hashCode(), 1, 0, 0);
        for (TrialOperand operand : trial.operands()) {
            if (operand.kind() == Kind.VALUES) {
                float[] values = new float[Math.toIntExact(operand.shape().size())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) PlainBackend.nearestBf16(normal(random));
                }
                content.put(operand.name(), values);
            }
        }
        return content;
    }

    private static double normal(RandomSource random) {
        double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
        return radius * Math.cos(2 * Math.PI * random.nextDouble());
    }

    private static double[] numbers(Backend backend, Tensor tensor) {
        if (tensor.storage() instanceof PlainStorage) {
            return PlainStorage.numbers(tensor); // without rounding to float
        }
        float[] left = new float[Math.toIntExact(tensor.size())];
        backend.download(tensor, left, 0);
        double[] numbers = new double[left.length];
        for (int i = 0; i < left.length; i++) {
            numbers[i] = left[i];
        }
        return numbers;
    }
}
