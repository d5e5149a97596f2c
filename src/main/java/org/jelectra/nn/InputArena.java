package org.jelectra.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jelectra.backend.Backend;
import org.jelectra.backend.OperandChecks;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * The tensors that a batch is written to. Those of one type lie side by side: what is set stays on the host until {@link #upload} sends
 * all of it, by one copy for each of the two types.
 */
public final class InputArena {

    /** Tensors begin at multiples of this many elements. */
    private static final int ALIGNMENT = 64;
    /** Numbers of a clock. */
    private static final int CLOCK = 4;

    private final Backend backend;
    private final Part ints = new Part("integers", DType.INT32);
    private final Part floats = new Part("numbers", DType.FLOAT32);
    private int[] intValues;
    private float[] floatValues;

    /** The tensors of one type, side by side. */
    private static final class Part {
        private final String name;
        private final DType dtype;
        private final Map<Tensor, Integer> places = new LinkedHashMap<>();
        private int size;
        /** Null where there are none. */
        private Tensor whole;

        Part(String name, DType dtype) {
            this.name = name;
            this.dtype = dtype;
        }

        Tensor add(String tensorName, int tensorSize) {
            Tensor tensor = Tensor.unbound(tensorName, dtype, Shape.of(tensorSize));
            int place = Math.addExact(size, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            places.put(tensor, place);
            size = Math.addExact(place, tensorSize);
            return tensor;
        }

        void requireOwn(Tensor tensor) {
            if (tensor.dtype() != dtype) {
                throw new IllegalArgumentException(
                        "expected an input of " + dtype + " for an array of " + name + ", got " + tensor);
            }
            if (!places.containsKey(tensor)) {
                throw new IllegalArgumentException("expected one of the inputs "
                        + places.keySet().stream().map(Tensor::name).toList() + ", got " + tensor.name());
            }
        }

        void bind(Backend backend) {
            if (size > 0) {
                whole = Tensor.of(name, Shape.of(size), backend.allocate(dtype, size), 0);
                places.forEach((tensor, place) -> tensor.bind(whole.storage(), place));
            }
        }
    }

    /** An arena without tensors. */
    public InputArena(Backend backend) {
        this.backend = backend;
    }

    /**
     * Adds a tensor INT32 [size].
     *
     * @throws IllegalStateException if the arena has been allocated
     */
    public Tensor ints(String name, int size) {
        return add(ints, name, size);
    }

    /**
     * Adds a clock INT32 [4] for a tape whose operations draw random numbers, see {@link org.jelectra.backend.Randomness};
     * {@link #setClock} sets it.
     *
     * @throws IllegalStateException if the arena has been allocated
     */
    public Tensor clock() {
        return add(ints, "clock", CLOCK);
    }

    /**
     * Adds a tensor FLOAT32 [size].
     *
     * @throws IllegalStateException if the arena has been allocated
     */
    public Tensor floats(String name, int size) {
        return add(floats, name, size);
    }

    private Tensor add(Part part, String name, int size) {
        if (intValues != null) {
            throw new IllegalStateException("inputs must be added before the arena is allocated, got " + name);
        }
        return part.add(name, size);
    }

    /**
     * Gives all tensors their memory, of zeros; once, after the last was added.
     *
     * @throws IllegalStateException if they have it already
     */
    public void allocate() {
        if (intValues != null) {
            throw new IllegalStateException("the inputs have been allocated before");
        }
        ints.bind(backend);
        floats.bind(backend);
        intValues = new int[ints.size];
        floatValues = new float[floats.size];
    }

    /**
     * Sets a tensor of this arena to {@code values[from...]}.
     *
     * @throws IllegalArgumentException if the tensor is not one of {@link #ints}, or the array is too short
     * @throws IllegalStateException if the arena has not been allocated
     */
    public void set(Tensor tensor, int[] values, int from) {
        ints.requireOwn(tensor);
        requireAllocated();
        OperandChecks.copy(tensor, values.length, from);
        System.arraycopy(values, from, intValues, (int) tensor.offset(), (int) tensor.size());
    }

    /**
     * Sets a tensor of this arena to {@code values[from...]}.
     *
     * @throws IllegalArgumentException if the tensor is not one of {@link #floats}, or the array is too short
     * @throws IllegalStateException if the arena has not been allocated
     */
    public void set(Tensor tensor, float[] values, int from) {
        floats.requireOwn(tensor);
        requireAllocated();
        OperandChecks.copy(tensor, values.length, from);
        System.arraycopy(values, from, floatValues, (int) tensor.offset(), (int) tensor.size());
    }

    /**
     * Sets a clock of this arena: what operations draw is a function of these numbers.
     *
     * @param seed of the run
     * @param step of the run, from 0
     * @param part of the step where gradients of several add up, from 0; 0 where a step has one
     * @throws IllegalArgumentException if the tensor is no {@link #clock} of this arena
     * @throws IllegalStateException if the arena has not been allocated
     */
    public void setClock(Tensor clock, long seed, int step, int part) {
        if (clock.dtype() != DType.INT32 || clock.size() != CLOCK) {
            throw new IllegalArgumentException("a clock must be INT32 [" + CLOCK + "], got " + clock);
        }
        ints.requireOwn(clock);
        requireAllocated();
        int at = (int) clock.offset();
        intValues[at] = (int) seed;
        intValues[at + 1] = (int) (seed >>> 32);
        intValues[at + 2] = step;
        intValues[at + 3] = part;
    }

    private void requireAllocated() {
        if (intValues == null) {
            throw new IllegalStateException("the inputs have no memory yet: allocate() gives it to them");
        }
    }

    /**
     * Writes what was set to the tensors.
     *
     * @throws IllegalStateException if the arena has not been allocated
     */
    public void upload() {
        requireAllocated();
        if (ints.whole != null) {
            backend.upload(intValues, 0, ints.whole);
        }
        if (floats.whole != null) {
            backend.upload(floatValues, 0, floats.whole);
        }
    }
}
