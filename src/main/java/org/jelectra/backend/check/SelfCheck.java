package org.jelectra.backend.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jelectra.backend.Backend;
import org.jelectra.gpu.GpuContextLostException;
import org.jelectra.gpu.GpuException;
import org.jelectra.gpu.GpuOutOfMemoryException;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/**
 * Runs every operation on a backend and on a reference with the same operands, and compares all that they leave. It finds kernels
 * that do not load, do not run or compute something else on this machine; that the reference is right is for the tests.
 */
public final class SelfCheck {

    /** Of the largest number of an operand: differences in the order of sums stay far below. */
    private static final double FLOAT32_TOLERANCE = 1e-4;

    /** The same for bf16, which has 8 bits: a few roundings of intermediate results. */
    private static final double BF16_TOLERANCE = 0.03;

    /** Of what is drawn: a random number is compared with sums of exponentials, and very rarely rounding decides. */
    private static final double DRAWN_TOLERANCE = 0.1;

    /**
     * What came of one operation.
     *
     * @param operation its name
     * @param sizes of its operands
     * @param error largest difference from the reference, as a part of the largest number of the operand; of integers, the part
     *     that differs
     * @param problem what is wrong; null where nothing is
     */
    public record Outcome(String operation, Sizes sizes, double error, String problem) {

        /** Whether nothing is wrong. */
        public boolean passed() {
            return problem == null;
        }
    }

    private final Backend backend;
    private final Backend reference;
    private final Sizes sizes;
    private final double tolerance;

    private SelfCheck(Backend backend, Backend reference, Sizes sizes) {
        this.backend = backend;
        this.reference = reference;
        this.sizes = sizes;
        this.tolerance = backend.valueType() == DType.BFLOAT16 ? BF16_TOLERANCE : FLOAT32_TOLERANCE;
    }

    /**
     * Runs all operations at these sizes; the reference computes in FLOAT32. What one of them throws is what came of it, and the others
     * run all the same.
     *
     * @param begun takes the name of each before it runs
     * @param done takes what came of each, that of the last one before an exception included
     * @throws GpuContextLostException if a kernel faulted, after which no other can run
     * @throws GpuOutOfMemoryException if the device has no memory for these small operands
     */
    public static void run(
            Backend backend, Backend reference, Sizes sizes, Consumer<String> begun, Consumer<Outcome> done) {
        SelfCheck check = new SelfCheck(backend, reference, sizes);
        for (Trial trial : Catalog.withVariants(sizes)) {
            begun.accept(trial.name());
            try {
                done.accept(check.run(trial));
            } catch (RuntimeException e) {
                // that of a device says what it is
                String problem = e instanceof GpuException ? e.getMessage() : e.toString();
                done.accept(new Outcome(trial.name(), sizes, Double.NaN, problem));
                if (e instanceof GpuContextLostException || e instanceof GpuOutOfMemoryException) {
                    throw e; // the other operations would say the same
                }
            }
        }
    }

    private Outcome run(Trial trial) {
        Map<String, TrialOperand.Drawn> content = trial.draw();
        Map<String, Tensor> actual = trial.place(backend, content);
        Map<String, Tensor> expected = trial.place(reference, content);
        // the reference begins with what the backend has made of the numbers
        for (Map.Entry<String, Tensor> operand : actual.entrySet()) {
            if (operand.getValue().dtype() == DType.BFLOAT16) {
                reference.upload(numbers(backend, operand.getValue()), 0, expected.get(operand.getKey()));
            }
        }
        trial.prepare(backend, actual).run();
        trial.prepare(reference, expected).run();
        return compare(trial, actual, expected);
    }

    private Outcome compare(Trial trial, Map<String, Tensor> actual, Map<String, Tensor> expected) {
        double worst = 0;
        List<String> problems = new ArrayList<>();
        for (TrialOperand operand : trial.operands()) {
            Tensor reached = actual.get(operand.name());
            Tensor wanted = expected.get(operand.name());
            if (operand.touched() == 0) {
                continue; // room that a backend may use or not
            }
            boolean integers = reached.dtype() == DType.INT32;
            double error = integers ? integerError(reached, wanted) : error(reached, wanted);
            double allowed = !integers ? tolerance : isDrawn(operand) ? DRAWN_TOLERANCE : 0;
            if (!(error <= allowed)) {
                problems.add(String.format(
                        Locale.ROOT,
                        "%s differs by %.2g of its largest number, at most %.2g is expected",
                        reached.name(),
                        error,
                        allowed));
            }
            worst = Math.max(worst, error); // NaN stays
        }
        return new Outcome(trial.name(), sizes, worst, problems.isEmpty() ? null : String.join("; ", problems));
    }

    private static boolean isDrawn(TrialOperand operand) {
        return operand.isResult() && operand.name().equals("sampled");
    }

    private double error(Tensor reached, Tensor wanted) {
        float[] a = numbers(backend, reached);
        float[] e = numbers(reference, wanted);
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(e[i]));
            difference = Math.max(difference, Math.abs((double) a[i] - e[i])); // NaN stays
        }
        return difference == 0 ? 0 : difference / Math.max(largest, Float.MIN_NORMAL);
    }

    private double integerError(Tensor reached, Tensor wanted) {
        int[] a = new int[Math.toIntExact(reached.size())];
        int[] e = new int[a.length];
        backend.download(reached, a, 0);
        reference.download(wanted, e, 0);
        int different = 0;
        for (int i = 0; i < a.length; i++) {
            different += a[i] == e[i] ? 0 : 1;
        }
        return (double) different / a.length;
    }

    private static float[] numbers(Backend backend, Tensor tensor) {
        float[] numbers = new float[Math.toIntExact(tensor.size())];
        backend.download(tensor, numbers, 0);
        return numbers;
    }
}
