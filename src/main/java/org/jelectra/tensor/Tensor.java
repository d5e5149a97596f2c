package org.jelectra.tensor;

/**
 * A dense row-major array: a shape over a range of a {@link Storage}. A tensor may be made before its memory exists
 * ({@link #unbound}): a tape records with such tensors, lays out one arena for all of them, and then binds each.
 */
public final class Tensor {

    private final String name;
    private final DType dtype;
    private final Shape shape;
    private Storage storage;
    private long offset;

    private Tensor(String name, DType dtype, Shape shape) {
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
    }

    /** A tensor without memory yet. */
    public static Tensor unbound(String name, DType dtype, Shape shape) {
        return new Tensor(name, dtype, shape);
    }

    /** A tensor over {@code storage}, from element {@code offset} on. */
    public static Tensor of(String name, Shape shape, Storage storage, long offset) {
        Tensor tensor = new Tensor(name, storage.dtype(), shape);
        tensor.bind(storage, offset);
        return tensor;
    }

    /** Gives the tensor its memory; once only. */
    public void bind(Storage newStorage, long newOffset) {
        if (storage != null) {
            throw new IllegalStateException(this + " has memory already");
        }
        if (newStorage.dtype() != dtype) {
            throw new IllegalArgumentException(this + " cannot lie in a storage of " + newStorage.dtype());
        }
        if (newOffset < 0 || newOffset + size() > newStorage.size()) {
            throw new IllegalArgumentException(this + " at element " + newOffset + " does not fit into a storage of "
                    + newStorage.size() + " elements");
        }
        storage = newStorage;
        offset = newOffset;
    }

    /** A tensor over a part of this one's memory, beginning {@code start} elements into it. This tensor must be bound. */
    public Tensor view(String viewName, long start, Shape viewShape) {
        if (start < 0 || start + viewShape.size() > size()) {
            throw new IllegalArgumentException(
                    "view " + viewName + viewShape + " at element " + start + " leaves " + this);
        }
        return Tensor.of(viewName, viewShape, storage(), offset + start);
    }

    /** What the tensor is, for messages. */
    public String name() {
        return name;
    }

    /** Type of the elements. */
    public DType dtype() {
        return dtype;
    }

    /** Dimensions. */
    public Shape shape() {
        return shape;
    }

    /** Number of elements. */
    public long size() {
        return shape.size();
    }

    /** Whether the tensor has memory. */
    public boolean isBound() {
        return storage != null;
    }

    /** The memory that holds the elements. */
    public Storage storage() {
        if (storage == null) {
            throw new IllegalStateException(this + " has no memory yet");
        }
        return storage;
    }

    /** Index of the first element in {@link #storage()}. */
    public long offset() {
        return offset;
    }

    @Override
    public String toString() {
        return name + shape + (dtype == DType.FLOAT32 ? "" : ":" + dtype);
    }
}
