package org.jelectra.pretrain;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.electra.ElectraModel;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.gpu.DryDriver;
import org.jelectra.gpu.Gpu;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Storage;

/**
 * The memory that a run takes, in bytes by part, found by recording its step and its evaluation without memory: the very
 * allocations of the run. On top of it come, on a GPU, what the driver takes for itself and the kernels' code, some hundred
 * megabytes; on the CPU the text and what kernels use for a moment.
 *
 * @param parameters weights, FLOAT32
 * @param gradients their gradients, FLOAT32
 * @param moments the optimiser's two moments
 * @param copies the weights in bf16, which matrix products on tensor cores read; 0 in float32
 * @param activations everything between inputs and parameters in a step, with shared memory where lifetimes allow
 * @param batch one micro-batch and single numbers
 * @param evaluation both for the evaluations on held-out text; 0 where there are none
 * @param kernels what the GPU's kernels use beside their operands; 0 on the CPU
 */
public record MemoryNeed(
        long parameters,
        long gradients,
        long moments,
        long copies,
        long activations,
        long batch,
        long evaluation,
        long kernels) {

    /** A device of the size of an H100 or H200, for where there is none: memory of kernels grows a little with its multiprocessors. */
    public static final DeviceProperties LARGE_DEVICE =
            new DeviceProperties("a device of 132 multiprocessors", 90, 132, Long.MAX_VALUE, 50 << 20, 227 << 10);

    private record Nothing(DType dtype, long size) implements Storage {}

    /** A call of a backend; returns what it returns. */
    private interface Call {
        Object invoke(Method method, Object[] arguments) throws ReflectiveOperationException;
    }

    /**
     * On the CPU, in float32.
     *
     * @param evaluates whether text is held out
     */
    public static MemoryNeed onCpu(PretrainSettings settings, boolean evaluates) {
        Operation nothing = () -> {};
        return record(settings, evaluates, (method, arguments) -> switch (method.getName()) {
            case "allocate" -> new Nothing((DType) arguments[0], (long) arguments[1]);
            case "valueType" -> DType.FLOAT32;
            case "logitsWidth" -> arguments[0];
            case "chains" -> false;
            default -> method.getReturnType() == Operation.class ? nothing : null;
        });
    }

    /**
     * On a GPU, which need not be there.
     *
     * @param values FLOAT32 or BFLOAT16
     * @param evaluates whether text is held out
     */
    public static MemoryNeed onCuda(
            PretrainSettings settings, DType values, DeviceProperties device, boolean evaluates) {
        DryDriver driver = new DryDriver(device);
        try (CudaBackend cuda = CudaBackend.on(Gpu.open(driver, 0), values)) {
            MemoryNeed tensors = record(settings, evaluates, (method, arguments) -> method.invoke(cuda, arguments));
            long copies = values == DType.BFLOAT16 ? tensors.parameters / 2 : 0;
            return new MemoryNeed(
                    tensors.parameters,
                    tensors.gradients,
                    tensors.moments,
                    copies,
                    tensors.activations,
                    tensors.batch,
                    tensors.evaluation,
                    driver.allocated() - tensors.total() - copies);
        }
    }

    /**
     * On a backend of that kind; nothing of it is used.
     *
     * @param evaluates whether text is held out
     */
    public static MemoryNeed of(PretrainSettings settings, Backend backend, boolean evaluates) {
        return backend instanceof CudaBackend cuda
                ? onCuda(settings, cuda.valueType(), cuda.device(), evaluates)
                : onCpu(settings, evaluates);
    }

    private static MemoryNeed record(PretrainSettings settings, boolean evaluates, Call call) {
        AtomicLong bytes = new AtomicLong();
        Backend counting = counting(call, bytes);
        ElectraModel model = ElectraModel.withoutWeights(counting, settings.model());
        long weights = model.parameters().values().size() * DType.FLOAT32.bytes();
        long ofModel = bytes.get();
        TrainingStep step = new TrainingStep(model, settings);
        long ofStep = bytes.get() - ofModel;
        if (evaluates) {
            Evaluator.record(model, settings);
        }
        long moments = 2 * weights;
        long activations = step.graph().program().memory().bytes();
        return new MemoryNeed(
                weights,
                ofModel - weights,
                moments,
                0,
                activations,
                ofStep - moments - activations,
                bytes.get() - ofModel - ofStep,
                0);
    }

    private static Backend counting(Call call, AtomicLong bytes) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("allocate")) {
                        bytes.addAndGet(((DType) arguments[0]).bytes() * (long) arguments[1]);
                    }
                    try {
                        return call.invoke(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** For people, on one line. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.1f MB: parameters %.1f, gradients %.1f, moments %.1f, bf16 copies %.1f, activations %.1f, batch %.1f,"
                        + " evaluation %.1f, kernels %.1f",
                total() / 1e6,
                parameters / 1e6,
                gradients / 1e6,
                moments / 1e6,
                copies / 1e6,
                activations / 1e6,
                batch / 1e6,
                evaluation / 1e6,
                kernels / 1e6);
    }

    /** All of it. */
    public long total() {
        return parameters + gradients + moments + copies + activations + batch + evaluation + kernels;
    }
}
