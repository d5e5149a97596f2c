package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.sim.KernelCounters;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.gpu.sim.SimulatorOptions;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/** Tensors on a simulated device, for tests of single families of kernels. */
final class SimulatedTensors implements AutoCloseable {

    private final SimulatedDriver driver;
    private final Device device;
    private final Transfers transfers;
    private final RandomSource random = new RandomSource(20, 1, 0, 0);

    /** With or without the search for races, which takes most of the time. */
    SimulatedTensors(boolean races) {
        driver = new SimulatedDriver(SimulatorOptions.defaults().withRaces(races));
        device = new Device(Gpu.open(driver, 0));
        transfers = new Transfers(device);
    }

    Device device() {
        return device;
    }

    /** Random numbers in [-1, 1). */
    float[] numbers(int n) {
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = 2 * (float) random.nextDouble() - 1;
        }
        return numbers;
    }

    /** A tensor in a storage of its own, so many elements from its beginning. */
    Tensor tensor(DType type, int offset, float[] values, int... shape) {
        Tensor tensor = empty(type, offset, shape);
        transfers.upload(values, 0, tensor);
        return tensor;
    }

    /** A tensor of integers at the beginning of a storage of its own. */
    Tensor integers(int[] values) {
        Tensor tensor = empty(DType.INT32, 0, values.length);
        transfers.upload(values, 0, tensor);
        return tensor;
    }

    /** A tensor of zeros. */
    Tensor empty(DType type, int offset, int... shape) {
        Shape dimensions = Shape.of(shape);
        return Tensor.of("t" + offset, dimensions, new CudaStorage(device, type, offset + dimensions.size()), offset);
    }

    float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        transfers.download(tensor, values, 0);
        return values;
    }

    /** Content of device memory in bf16. */
    float[] readBf16(long address, int n) {
        ByteBuffer bits = ByteBuffer.allocateDirect(2 * n).order(ByteOrder.nativeOrder());
        device.stream().synchronize();
        driver.copyToHost(bits, address, 0);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = Bfloat16.toFloat(bits.getShort(2 * i));
        }
        return values;
    }

    /** What the kernel has done so far. */
    KernelCounters counters(String kernel) {
        Map<String, KernelCounters> all = driver.counters();
        if (!all.containsKey(kernel)) {
            throw new IllegalArgumentException(kernel + " has not run; these have: " + all.keySet());
        }
        return all.get(kernel);
    }

    /** Names of the kernels that have run. */
    Set<String> kernels() {
        return driver.counters().keySet();
    }

    @Override
    public void close() {
        device.close();
    }
}
