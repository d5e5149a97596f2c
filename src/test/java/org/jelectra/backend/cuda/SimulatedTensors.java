package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Randomness;
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
        this(SimulatorOptions.defaults().withRaces(races));
    }

    SimulatedTensors(SimulatorOptions options) {
        driver = new SimulatedDriver(options);
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

    /** Random values in [-1, 1) in bf16. */
    Tensor values(int rows, int width) {
        return tensor(DType.BFLOAT16, 0, numbers(rows * width), rows, width);
    }

    /** Random numbers in [-1, 1) in float32. */
    Tensor parameters(int... shape) {
        return tensor(DType.FLOAT32, 0, numbers((int) Shape.of(shape).size()), shape);
    }

    /** Values of zero in bf16. */
    Tensor emptyValues(int rows, int width) {
        return empty(DType.BFLOAT16, 0, rows, width);
    }

    /** The same matrix in a storage of its own. */
    Tensor copy(Tensor tensor) {
        return tensor(
                tensor.dtype(),
                0,
                read(tensor),
                tensor.shape().rows(),
                tensor.shape().width());
    }

    /** Dropout with a clock of its own; none where it is not active. */
    Dropout dropout(boolean active, float probability, int stream) {
        return active
                ? new Dropout(probability, new Randomness(integers(new int[] {7, 8, 9, 2}), stream))
                : Dropout.NONE;
    }

    /** Which keys count: "every key", but for "padding" at the ends, "holes", or "nothing" of the first sequence. */
    Tensor mask(AttentionShape shape, String kind) {
        int length = shape.length();
        int[] mask = new int[shape.batch() * length];
        for (int i = 0; i < mask.length; i++) {
            int sequence = i / length;
            boolean counts = switch (kind) {
                case "padding" -> i % length < Math.max(1, length - 1 - sequence * length / 3);
                case "holes" -> i % 3 != sequence % 3 || i % length == length - 1;
                case "nothing" -> sequence > 0;
                default -> true;
            };
            mask[i] = counts ? 1 : 0;
        }
        return integers(mask);
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

    int[] readIntegers(Tensor tensor) {
        int[] values = new int[(int) tensor.size()];
        transfers.download(tensor, values, 0);
        return values;
    }

    /** The contents of all. */
    List<float[]> contents(Tensor... tensors) {
        return Arrays.stream(tensors).map(this::read).toList();
    }

    /** Results are those that are expected, bit for bit. */
    static void assertSame(String what, List<float[]> actual, List<float[]> expected) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(Arrays.mismatch(actual.get(i), expected.get(i)))
                    .as("%s: first element of result %d that differs, or -1", what, i)
                    .isEqualTo(-1);
        }
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

    /** The kernel has read and written what it must once, but for edges, and no two lanes wanted the same bank of shared memory. */
    void assertTouchedOnce(String kernel) {
        KernelCounters counters = counters(kernel);
        assertThat(counters.sharedWavefronts()).as(kernel).isEqualTo(counters.idealSharedWavefronts());
        assertThat(counters.loadSectors()).as(kernel).isLessThan(counters.idealLoadSectors() * 11 / 10);
        assertThat(counters.storeSectors()).as(kernel).isLessThan(counters.idealStoreSectors() * 11 / 10);
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
