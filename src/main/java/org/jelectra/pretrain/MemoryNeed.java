package org.jelectra.pretrain;

import java.lang.reflect.Proxy;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.electra.ElectraModel;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;

/**
 * The memory that a training step takes, in bytes by part, found by recording it on a backend that allocates nothing. What kernels
 * use for a moment beside their operands, and the recording of evaluations, come on top.
 *
 * @param parameters weights, FLOAT32
 * @param gradients their gradients, FLOAT32
 * @param moments the optimiser's two moments
 * @param copies the weights in bf16, which matrix products on tensor cores read; 0 in float32
 * @param activations everything between inputs and parameters, with shared memory where lifetimes allow
 * @param batch one micro-batch and single numbers
 */
public record MemoryNeed(long parameters, long gradients, long moments, long copies, long activations, long batch) {

    private record Nothing(DType dtype, long size) implements Storage {}

    /**
     * For these settings.
     *
     * @param values FLOAT32, or BFLOAT16 as on the backend cuda
     */
    public static MemoryNeed of(PretrainSettings settings, DType values) {
        AtomicLong bytes = new AtomicLong();
        Backend counting = counting(values, bytes);
        ElectraModel model = new ElectraModel(counting, settings.model(), settings.seed());
        long weights = model.parameters().values().size() * DType.FLOAT32.bytes();
        long before = bytes.get();
        TrainingStep step = new TrainingStep(model, settings);
        long activations = step.graph().program().memory().bytes();
        long moments = 2 * weights;
        return new MemoryNeed(
                weights,
                before - weights,
                moments,
                values == DType.BFLOAT16 ? weights / 2 : 0,
                activations,
                bytes.get() - before - moments - activations);
    }

    private static Backend counting(DType values, AtomicLong bytes) {
        Operation nothing = () -> {};
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("allocate")) {
                        DType dtype = (DType) arguments[0];
                        bytes.addAndGet(dtype.bytes() * (long) arguments[1]);
                        return new Nothing(dtype, (long) arguments[1]);
                    }
                    return method.getName().equals("valueType")
                            ? values
                            : method.getReturnType() == Operation.class ? nothing : null;
                });
    }

    /** For people, on one line. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.1f MB: parameters %.1f, gradients %.1f, moments %.1f, bf16 copies %.1f, activations %.1f, batch %.1f",
                total() / 1e6,
                parameters / 1e6,
                gradients / 1e6,
                moments / 1e6,
                copies / 1e6,
                activations / 1e6,
                batch / 1e6);
    }

    /** All of it. */
    public long total() {
        return parameters + gradients + moments + copies + activations + batch;
    }
}
