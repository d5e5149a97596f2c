package org.jelectra.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jelectra.autograd.Parameter;
import org.jelectra.backend.AdamWOptions;
import org.jelectra.backend.Backend;
import org.jelectra.random.RandomSource;
import org.jelectra.random.RandomStreams;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * All parameters of a model, side by side in one piece of memory, and their gradients in another: so the global norm and the
 * optimizer are one operation each. Layers add their parameters first; then {@link #allocate} gives them memory and initial
 * values. Parameters that are used as one matrix (query, key and value) are stacked: one parameter for the layer, several
 * named members for checkpoints.
 */
public final class ParameterArena {

    /** Parameters begin at multiples of this many elements (256 bytes); the gaps stay 0. */
    private static final int ALIGNMENT = 64;

    private record Member(String name, Shape shape, Initializer initializer, long offset) {}

    private final List<Member> layout = new ArrayList<>();
    private final List<Parameter> unbound = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private final Map<String, Parameter> members = new LinkedHashMap<>();
    private long size;
    private Tensor values;
    private Tensor gradients;

    /** Adds one parameter. */
    public Parameter add(String name, Initializer initializer, int... dimensions) {
        return addStacked(name, List.of(name), initializer, dimensions);
    }

    /** Adds members of equal shape, stacked along the first dimension into the parameter that is returned. */
    public Parameter addStacked(
            String name, List<String> memberNames, Initializer initializer, int... memberDimensions) {
        if (values != null) {
            throw new IllegalStateException("parameters must be added before the arena is allocated, got " + name);
        }
        size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        offsets.add(size);
        Shape memberShape = Shape.of(memberDimensions);
        for (String memberName : memberNames) {
            if (layout.stream().anyMatch(member -> member.name.equals(memberName))) {
                throw new IllegalArgumentException("two parameters are named " + memberName);
            }
            layout.add(new Member(memberName, memberShape, initializer, size));
            size += memberShape.size();
        }
        int[] dimensions = memberDimensions.clone();
        dimensions[0] *= memberNames.size();
        Shape shape = Shape.of(dimensions);
        Parameter parameter = new Parameter(
                name,
                memberNames,
                Tensor.unbound(name, DType.FLOAT32, shape),
                Tensor.unbound("d" + name, DType.FLOAT32, shape));
        unbound.add(parameter);
        return parameter;
    }

    /**
     * Gives every parameter memory on the backend and its initial values, a function of the seed and its place.
     *
     * @throws IllegalStateException if they have memory already
     * @throws IllegalArgumentException if there are more than 2^31 - 1 values
     */
    public void allocate(Backend backend, long seed) {
        allocate(backend);
        for (int i = 0; i < layout.size(); i++) {
            Member member = layout.get(i);
            float[] initial = new float[Math.toIntExact(member.shape.size())];
            RandomSource random = new RandomSource(seed, RandomStreams.INITIALIZATION, 0, i);
            member.initializer.initialize(initial, member.shape, random);
            backend.upload(initial, 0, members.get(member.name).value());
        }
    }

    /**
     * Gives every parameter memory on the backend; all values are 0.
     *
     * @throws IllegalStateException if they have memory already
     * @throws IllegalArgumentException if there are more than 2^31 - 1 values
     */
    public void allocate(Backend backend) {
        requireAllocatable();
        Storage valueStorage = backend.allocate(DType.FLOAT32, size);
        Storage gradientStorage = backend.allocate(DType.FLOAT32, size);
        values = Tensor.of("parameters", Shape.of((int) size), valueStorage, 0);
        gradients = Tensor.of("gradients", Shape.of((int) size), gradientStorage, 0);
        for (int i = 0; i < unbound.size(); i++) {
            unbound.get(i).value().bind(valueStorage, offsets.get(i));
            unbound.get(i).gradient().bind(gradientStorage, offsets.get(i));
        }
        for (Member member : layout) {
            Tensor value = values.view(member.name, member.offset, member.shape);
            members.put(
                    member.name,
                    new Parameter(member.name, value, gradients.view("d" + member.name, member.offset, member.shape)));
        }
    }

    /**
     * Gives every parameter memory for weights that are loaded and not trained: they are 0, and their gradients have no memory,
     * so that no backward pass can be recorded.
     *
     * @throws IllegalStateException if they have memory already
     * @throws IllegalArgumentException if there are more than 2^31 - 1 values
     */
    public void allocateUntrained(Backend backend) {
        requireAllocatable();
        Storage storage = backend.allocate(DType.FLOAT32, size);
        values = Tensor.of("parameters", Shape.of((int) size), storage, 0);
        for (int i = 0; i < unbound.size(); i++) {
            unbound.get(i).value().bind(storage, offsets.get(i));
        }
        for (Member member : layout) {
            Tensor gradient = Tensor.unbound("d" + member.name, DType.FLOAT32, member.shape);
            Tensor value = values.view(member.name, member.offset, member.shape);
            members.put(member.name, new Parameter(member.name, value, gradient));
        }
    }

    private void requireAllocatable() {
        if (values != null) {
            throw new IllegalStateException("the parameters have been allocated before");
        }
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a model must have at most " + Integer.MAX_VALUE + " parameters, got "
                    + size + "; choose smaller sizes");
        }
    }

    /** The shapes by name, in the order in which they were added, stacked ones as their members; known before there is memory. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        layout.forEach(member -> shapes.put(member.name, member.shape));
        return shapes;
    }

    /** The parameters by name, in the order in which they were added; stacked ones as their members. */
    public List<Parameter> parameters() {
        return List.copyOf(members.values());
    }

    /** The parameter of that name. */
    public Parameter parameter(String name) {
        Parameter parameter = members.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("no parameter is named " + name);
        }
        return parameter;
    }

    /**
     * All values, gaps included.
     *
     * @throws IllegalStateException if the arena has not been allocated
     */
    public Tensor values() {
        requireAllocated();
        return values;
    }

    /**
     * All gradients, gaps included; null where nothing is trained.
     *
     * @throws IllegalStateException if the arena has not been allocated
     */
    public Tensor gradients() {
        requireAllocated();
        return gradients;
    }

    private void requireAllocated() {
        if (values == null) {
            throw new IllegalStateException("the parameters have no memory yet: allocate() gives it to them");
        }
    }

    /** Number of trained values, without gaps. */
    public long parameterCount() {
        return layout.stream().mapToLong(member -> member.shape.size()).sum();
    }

    /**
     * The arena's segments for the optimizer.
     *
     * @param weightDecay decay of the parameters that {@code decays} accepts by name; 0 for the others
     * @param rateFactor factor of the learning rate by name; a parameter of factor 0 has no segment, so that it stays as it is
     */
    public List<AdamWOptions.Segment> segments(
            float weightDecay, Predicate<String> decays, ToDoubleFunction<String> rateFactor) {
        List<AdamWOptions.Segment> segments = new ArrayList<>();
        for (Member member : layout) {
            float factor = (float) rateFactor.applyAsDouble(member.name);
            if (factor != 0) {
                segments.add(new AdamWOptions.Segment(
                        member.offset, member.shape.size(), factor, decays.test(member.name) ? weightDecay : 0));
            }
        }
        return segments;
    }
}
