package org.jelectra.backend;

import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * Checks of an operation's tensors, shared by all backends. Tensors are seen as matrices: rows (all dimensions but the last)
 * and width (the last). A mismatch is an IllegalArgumentException that names the operation and both shapes.
 */
public final class Operands {

    private final String operation;
    private DType valueType;

    private Operands(String operation) {
        this.operation = operation;
    }

    /** Checks for the operation of that name. */
    public static Operands of(String operation) {
        return new Operands(operation);
    }

    /** Requires a FLOAT32 tensor with that many rows of that width. */
    public Operands matrix(String role, Tensor tensor, int rows, int width) {
        floats(role, tensor);
        Shape shape = tensor.shape();
        if (shape.rows() != rows || shape.width() != width) {
            throw mismatch(role, "[" + rows + ", " + width + "]", tensor);
        }
        return this;
    }

    /** Requires a tensor of the operation's value type with that many rows of that width. */
    public Operands values(String role, Tensor tensor, int rows, int width) {
        valueType(role, tensor);
        if (tensor.shape().rows() != rows || tensor.shape().width() != width) {
            throw mismatch(role, "[" + rows + ", " + width + "]", tensor);
        }
        return this;
    }

    /** Requires a tensor of the operation's value type with that many rows of at least that width. */
    public Operands wideValues(String role, Tensor tensor, int rows, int width) {
        valueType(role, tensor);
        if (tensor.shape().rows() != rows || tensor.shape().width() < width) {
            throw mismatch(role, "[" + rows + ", " + width + " or more]", tensor);
        }
        return this;
    }

    /** Requires a tensor of the operation's value type of that many elements, in any shape. */
    public Operands values(String role, Tensor tensor, long size) {
        valueType(role, tensor);
        return size(role, tensor, size);
    }

    /** Requires a FLOAT32 tensor of that many elements, in any shape. */
    public Operands floats(String role, Tensor tensor, long size) {
        floats(role, tensor);
        return size(role, tensor, size);
    }

    /** Requires an INT32 tensor of that many elements, in any shape. */
    public Operands ints(String role, Tensor tensor, long size) {
        if (tensor.dtype() != DType.INT32) {
            throw mismatch(role, "INT32", tensor);
        }
        return size(role, tensor, size);
    }

    /** Requires a table of that width, with at least that many rows. */
    public Operands table(String role, Tensor tensor, int minimumRows, int width) {
        floats(role, tensor);
        if (tensor.shape().width() != width || tensor.shape().rows() < minimumRows) {
            throw mismatch(role, "[" + minimumRows + " or more, " + width + "]", tensor);
        }
        return this;
    }

    /** Requires what the message says. */
    public Operands require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(operation + ": " + message);
        }
        return this;
    }

    /** Requires a clock where dropout is active. */
    public Operands dropout(Dropout dropout) {
        return dropout.isActive() ? randomness(dropout.randomness()) : this;
    }

    /** Requires a clock of four ints. */
    public Operands randomness(Randomness randomness) {
        return ints("clock", randomness.clock(), 4);
    }

    /** The first value decides the type of all. */
    private void valueType(String role, Tensor tensor) {
        if (!tensor.dtype().isFloat()) {
            throw mismatch(role, "FLOAT32 or BFLOAT16", tensor);
        }
        if (valueType != null && tensor.dtype() != valueType) {
            throw mismatch(role, valueType + " like the other values", tensor);
        }
        valueType = tensor.dtype();
    }

    private void floats(String role, Tensor tensor) {
        if (tensor == null || tensor.dtype() != DType.FLOAT32) {
            throw mismatch(role, "FLOAT32", tensor);
        }
    }

    private Operands size(String role, Tensor tensor, long size) {
        if (tensor.size() != size) {
            throw mismatch(role, size + " elements", tensor);
        }
        return this;
    }

    private IllegalArgumentException mismatch(String role, String expected, Tensor tensor) {
        return new IllegalArgumentException(operation + ": " + role + " must be " + expected + ", got " + tensor);
    }
}
