package org.jelectra.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.DoubleSupplier;
import org.jelectra.gpu.DeviceMemory;
import org.jelectra.tensor.DType;

/**
 * A matrix in device memory, for tests: it begins at any element, and its rows may be further apart than they are wide. The memory ends
 * with the last row, so that the simulator finds whoever reads past it, and what lies between the rows is not a number, so that it
 * shows in results.
 */
final class DeviceMatrix {

    private final Device device;
    private final DType type;
    private final int offset;
    private final int rows;
    private final int width;
    private final int leading;
    private final DeviceMemory memory;
    private final double[] values;

    /**
     * @param offset elements before the matrix
     * @param pad elements between two rows
     */
    DeviceMatrix(Device device, DType type, int offset, int pad, int rows, int width, DoubleSupplier numbers) {
        this.device = device;
        this.type = type;
        this.offset = offset;
        this.rows = rows;
        this.width = width;
        this.leading = width + pad;
        this.values = new double[rows * width];
        this.memory = device.gpu().allocate((long) type.bytes() * elements());
        for (int i = 0; i < values.length; i++) {
            double number = numbers.getAsDouble();
            values[i] = type == DType.BFLOAT16 ? Bfloat16.toFloat(Bfloat16.of((float) number)) : (float) number;
        }
        ByteBuffer buffer = buffer();
        for (int i = 0; i < elements(); i++) {
            int index = index(i);
            put(buffer, index < 0 ? Double.NaN : values[index]);
        }
        memory.upload(0, buffer.flip(), device.stream());
        device.stream().synchronize();
    }

    private int elements() {
        return offset + (rows - 1) * leading + width;
    }

    /** Which value lies at an element of the memory, or -1. */
    private int index(int element) {
        int from = element - offset;
        return from < 0 || from % leading >= width ? -1 : from / leading * width + from % leading;
    }

    private ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(type.bytes() * elements()).order(ByteOrder.nativeOrder());
    }

    private void put(ByteBuffer buffer, double value) {
        if (type == DType.BFLOAT16) {
            buffer.putShort(Bfloat16.of((float) value));
        } else {
            buffer.putFloat((float) value);
        }
    }

    GemmMatrix matrix() {
        return new GemmMatrix(address(), leading);
    }

    long address() {
        return memory.address() + (long) offset * type.bytes();
    }

    /** What the element held when the matrix was made. */
    double at(int row, int column) {
        return values[row * width + column];
    }

    /** What it holds now, all rows without what is between them; fails if that has changed. */
    double[] read() {
        ByteBuffer buffer = buffer();
        memory.download(0, buffer, device.stream());
        device.stream().synchronize();
        double[] now = new double[values.length];
        for (int i = 0; i < elements(); i++) {
            double value = type == DType.BFLOAT16 ? Bfloat16.toFloat(buffer.getShort(2 * i)) : buffer.getFloat(4 * i);
            int index = index(i);
            if (index >= 0) {
                now[index] = value;
            } else {
                assertEquals(Double.NaN, value, "element " + i + ", between the rows");
            }
        }
        return now;
    }
}
