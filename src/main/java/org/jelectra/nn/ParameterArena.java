package org.jelectra.nn;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /**
     * The gradients begin at a multiple of this many elements, which is one of what backends cut sums over an arena into: the sums are
     * then cut in the same places whether what lies before is frozen or has a gradient of 0 (and added up in double precision, because the
     * pieces may be added in another order).
     */
    private static final int PIECE = 65536;

    private record Member(String name, Shape shape, Initializer initializer, long offset) {}

    private final List<Member> layout = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final List<Parameter> unbound = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private final Map<String, Parameter> members = new LinkedHashMap<>();
    private long size;
    private long trainedFrom;
    private Tensor values;
    private Tensor gradients;

    /**
     * Adds one parameter.
     *
     * @throws IllegalStateException if the arena has been allocated
     * @throws IllegalArgumentException if the name is taken
     */
    public Parameter add(String name, Initializer initializer, int... dimensions) {
        return addStacked(name, List.of(name), initializer, dimensions);
    }

    /**
     * Adds members of equal shape, stacked along the first dimension into the parameter that is returned.
     *
     * @throws IllegalStateException if the arena has been allocated
     * @throws IllegalArgumentException if a member's name is taken
     */
    public Parameter addStacked(
            String name, List<String> memberNames, Initializer initializer, int... memberDimensions) {
        if (values != null) {
            throw new IllegalStateException("parameters must be added before the arena is allocated, got " + name);
        }
        size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        offsets.add(size);
        Shape memberShape = Shape.of(memberDimensions);
        for (String memberName : memberNames) {
            if (!names.add(memberName)) {
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
        allocate(backend, seed, name -> false);
    }

    /**
     * The same for a model of which a part stays as it is. The gradients' memory begins at the multiple of 65,536 elements before the first
     * parameter that is trained: what lies before has neither gradients nor moments of an optimiser.
     *
     * @param frozen accepts the names of parameters that are not trained
     */
    public void allocate(Backend backend, long seed, Predicate<String> frozen) {
        bind(backend, frozen);
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
        bind(backend, name -> false);
    }

    /**
     * Gives every parameter memory for weights that are loaded and not trained: they are 0, and their gradients have no memory,
     * so that no backward pass can be recorded.
     *
     * @throws IllegalStateException if they have memory already
     * @throws IllegalArgumentException if there are more than 2^31 - 1 values
     */
    public void allocateUntrained(Backend backend) {
        bind(backend, name -> true);
    }

    private void bind(Backend backend, Predicate<String> frozen) {
        requireAllocatable();
        Storage storage = backend.allocate(DType.FLOAT32, size);
        values = Tensor.of("parameters", Shape.of((int) size), storage, 0);
        long firstTrained = layout.stream()
                .filter(member -> !frozen.test(member.name))
                .mapToLong(Member::offset)
                .findFirst()
                .orElse(size);
        trainedFrom = firstTrained / PIECE * PIECE;
        if (firstTrained < size) {
            int trained = (int) (size - trainedFrom);
            gradients = Tensor.of("gradients", Shape.of(trained), backend.allocate(DType.FLOAT32, trained), 0);
        }
        for (int i = 0; i < unbound.size(); i++) {
            long offset = offsets.get(i);
            unbound.get(i).value().bind(storage, offset);
            if (offset >= firstTrained) {
                unbound.get(i).gradient().bind(gradients.storage(), offset - trainedFrom);
            }
        }
        for (Member member : layout) {
            String name = "d" + member.name;
            Tensor gradient = member.offset < firstTrained
                    ? Tensor.unbound(name, DType.FLOAT32, member.shape)
                    : gradients.view(name, member.offset - trainedFrom, member.shape);
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

    /**
     * The parameters by name, in the order in which they were added; stacked ones as their members.
     *
     * @throws IllegalStateException if the arena has not been allocated; {@link #shapes} is known before
     */
    public List<Parameter> parameters() {
        requireAllocated();
        return List.copyOf(members.values());
    }

    /**
     * The parameter of that name.
     *
     * @throws IllegalArgumentException if none has it
     * @throws IllegalStateException if the arena has not been allocated
     */
    public Parameter parameter(String name) {
        requireAllocated();
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
     * All gradients, gaps included, those of the values of {@link #trained}; null where nothing is trained.
     *
     * @throws IllegalStateException if the arena has not been allocated
     */
    public Tensor gradients() {
        requireAllocated();
        return gradients;
    }

    /**
     * The values that have a gradient, one for one of {@link #gradients}: all of them, but for frozen ones at the beginning.
     *
     * @throws IllegalStateException if the arena has not been allocated, or nothing is trained
     */
    public Tensor trained() {
        requireAllocated();
        if (gradients == null) {
            throw new IllegalStateException("no parameter is trained: gradients have no memory");
        }
        return values.view("trained", trainedFrom, gradients.shape());
    }

    private void requireAllocated() {
        if (values == null) {
            throw new IllegalStateException("the parameters have no memory yet: allocate() gives it to them");
        }
    }

    /** Number of all values, frozen ones included, without gaps. */
    public long parameterCount() {
        return layout.stream().mapToLong(member -> member.shape.size()).sum();
    }

    /**
     * The segments of what is {@linkplain #trained trained}, for the optimizer.
     *
     * @param weightDecay decay of the parameters that {@code decays} accepts by name; 0 for the others
     * @param rateFactor factor of the learning rate by name; a parameter of factor 0 has no segment, so that it stays as it is
     * @throws IllegalArgumentException for another factor of a parameter whose gradient has no memory
     * @throws IllegalStateException if the arena has not been allocated
     */
    public List<AdamWOptions.Segment> segments(
            float weightDecay, Predicate<String> decays, ToDoubleFunction<String> rateFactor) {
        requireAllocated();
        List<AdamWOptions.Segment> segments = new ArrayList<>();
        for (Member member : layout) {
            float factor = (float) rateFactor.applyAsDouble(member.name);
            if (factor == 0) {
                continue;
            }
            if (!members.get(member.name).gradient().isBound()) {
                throw new IllegalArgumentException(
                        member.name + " was frozen when it got its memory, so that its learning"
                                + " rate must have the factor 0, got " + factor);
            }
            segments.add(new AdamWOptions.Segment(
                    member.offset - trainedFrom,
                    member.shape.size(),
                    factor,
                    decays.test(member.name) ? weightDecay : 0));
        }
        return segments;
    }
}
