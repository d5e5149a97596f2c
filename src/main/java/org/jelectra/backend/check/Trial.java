package org.jelectra.backend.check;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jelectra.backend.Backend;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.Operation;
import org.jelectra.backend.Randomness;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;

/**
 * One operation, the random content of its operands, and what it costs at least. Results have random content too, which some
 * operations add to.
 */
public final class Trial {

    private static final int STREAM = 65539;

    /** Prepares the operation on tensors by the operands' names. */
    interface Preparation {
        Operation prepare(Backend backend, Map<String, Tensor> tensors);
    }

    private final String name;
    private final Map<String, TrialOperand> operands = new LinkedHashMap<>();
    private final Set<String> optional = new LinkedHashSet<>();
    private TrialOperand last;
    private String forward;
    private double flops;
    private Preparation preparation;

    private Trial(String name) {
        this.name = name;
    }

    static Trial of(String name) {
        return new Trial(name);
    }

    /** Name of the operation. */
    public String name() {
        return name;
    }

    /** Name of the operation that this one goes back through, where some of its results are operands here; else null. */
    public String forward() {
        return forward;
    }

    /** What the operation reads and writes, in the order in which their content is made. */
    public Collection<TrialOperand> operands() {
        return operands.values();
    }

    /** Shapes of the operands. */
    public List<Shape> shapes() {
        return operands.values().stream().map(TrialOperand::shape).toList();
    }

    /** Numbers in [-1, 1) of the backend's value type. */
    Trial values(String operand, int... shape) {
        return add(operand, TrialOperand.Kind.VALUES, -1, 2, shape);
    }

    /** Numbers in [0.05, 1.05): parameters, statistics, moments, weights. */
    Trial numbers(String operand, int... shape) {
        return add(operand, TrialOperand.Kind.NUMBERS, 0.05, 1, shape);
    }

    /** Numbers in [-1, 1) / sqrt(inputs): the weight of a product whose results are as large as its values. */
    Trial weight(String operand, int outputs, int inputs) {
        double largest = 1 / Math.sqrt(inputs);
        return add(operand, TrialOperand.Kind.FACTORS, -largest, 2 * largest, outputs, inputs);
    }

    /** Numbers in [0.05, 0.95), for draws. */
    Trial uniforms(String operand, int... shape) {
        return add(operand, TrialOperand.Kind.NUMBERS, 0.05, 0.9, shape);
    }

    /** One number, less than 1 above that. */
    Trial number(String operand, double least) {
        return add(operand, TrialOperand.Kind.NUMBERS, least, 1, 1);
    }

    /** The mask of sequences of different lengths, as batches have: 1 for a token, 0 for the padding behind them. */
    Trial mask(String operand, int batch, int length) {
        return add(
                operand,
                TrialOperand.Kind.MASK,
                (i, random) -> i % length < length - i / length * length / (4 * batch) ? 1 : 0,
                batch,
                length);
    }

    /** Integers in [0, bound). */
    Trial integers(String operand, int bound, int... shape) {
        return add(operand, TrialOperand.Kind.INTEGERS, (i, random) -> random.nextInt(bound), shape);
    }

    /** Integers in ascending order, one of every {@code step}. */
    Trial ascending(String operand, int step, int count) {
        return add(operand, TrialOperand.Kind.INTEGERS, (i, random) -> step * i + random.nextInt(step), count);
    }

    private Trial add(String operand, TrialOperand.Kind kind, double from, double width, int... shape) {
        return add(operand, kind, (i, random) -> (float) from + (float) width * (float) random.nextDouble(), shape);
    }

    private Trial add(String operand, TrialOperand.Kind kind, TrialOperand.Content content, int... dimensions) {
        Shape shape = Shape.of(dimensions);
        return put(new TrialOperand(operand, kind, shape, content, TrialOperand.Access.READ, shape.size(), Set.of()));
    }

    private Trial put(TrialOperand operand) {
        operands.put(operand.name(), operand);
        last = operand;
        return this;
    }

    /** The last operand is a result; operands of which nothing is said are read. */
    Trial written() {
        return put(last.accessed(TrialOperand.Access.WRITTEN));
    }

    /** The last operand is read and written. */
    Trial updated() {
        return put(last.accessed(TrialOperand.Access.UPDATED));
    }

    /** The last operand is added to, or else overwritten. */
    Trial accumulated(boolean accumulate) {
        return accumulate ? updated() : written();
    }

    /** Only so many of the last operand's elements are touched; 0: it is room that a backend may use or not. */
    Trial touched(long elements) {
        return put(last.touching(Math.min(elements, last.touched())));
    }

    /** Dimensions of the last operand whose size depends on no other operand, as the number of rows of a table. */
    Trial free(Integer... dimensions) {
        return put(last.freeIn(Set.of(dimensions)));
    }

    /** The operation can do without the last operand; said of those that join others. */
    Trial optional() {
        optional.add(last.name());
        return this;
    }

    /** The operation without one of the operands that it can do without: a trial for each of these. */
    public List<Trial> withoutEachOptional() {
        return optional.stream().map(this::without).toList();
    }

    private Trial without(String operand) {
        Trial less = new Trial(name + " without " + operand);
        less.operands.putAll(operands);
        less.operands.remove(operand);
        less.forward = forward;
        less.flops = flops;
        less.preparation = preparation;
        return less;
    }

    /** The clock of random numbers. */
    Trial clock() {
        return integers("clock", 16, 4);
    }

    /** The way back through that operation, which leaves what operands of the same names hold. */
    Trial after(String operation) {
        forward = operation;
        return this;
    }

    /** Operations in matrix products: a multiplication with its addition is 2. */
    Trial flops(double count) {
        flops = count;
        return this;
    }

    Trial prepares(Preparation how) {
        preparation = how;
        return this;
    }

    /** With the probability of the presets; none where there is no clock. */
    static Dropout dropout(Map<String, Tensor> tensors) {
        return tensors.containsKey("clock") ? new Dropout(0.1f, randomness(tensors)) : Dropout.NONE;
    }

    static Randomness randomness(Map<String, Tensor> tensors) {
        return new Randomness(tensors.get("clock"), STREAM);
    }

    /**
     * Bytes that the operation must move at least: each operand that it reads once, each that it writes once, each that it adds to
     * twice. Rows of a table that are looked up count as if none repeated.
     *
     * @param values the backend's value type
     */
    public long bytes(DType values) {
        return operands.values().stream()
                .mapToLong(operand -> operand.bytes(values))
                .sum();
    }

    /** Floating-point operations that it must do in matrix products, a multiplication with its addition counted as 2; 0 for others. */
    public double flops() {
        return flops;
    }

    /** The operands in the backend's memory, by name, with the same content every time. */
    public Map<String, Tensor> place(Backend backend) {
        return place(backend, draw());
    }

    /** The same with content that {@link #draw} gave. */
    Map<String, Tensor> place(Backend backend, Map<String, TrialOperand.Drawn> content) {
        Map<String, Tensor> tensors = allocate(backend);
        upload(backend, tensors, content);
        return tensors;
    }

    /** The operands' content, for any number of backends: to draw it takes longer than most operations, so several threads do. */
    Map<String, TrialOperand.Drawn> draw() {
        List<TrialOperand> all = List.copyOf(operands.values());
        List<TrialOperand.Drawn> drawn = IntStream.range(0, all.size())
                .parallel()
                .mapToObj(i -> all.get(i).draw(new RandomSource(name.hashCode(), STREAM, 0, i)))
                .toList();
        Map<String, TrialOperand.Drawn> content = new LinkedHashMap<>();
        for (int i = 0; i < drawn.size(); i++) {
            content.put(all.get(i).name(), drawn.get(i));
        }
        return content;
    }

    /** Memory for the operands, by their names. */
    Map<String, Tensor> allocate(Backend backend) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        operands.values().forEach(operand -> tensors.put(operand.name(), operand.allocate(backend)));
        return tensors;
    }

    /** Gives operands that {@link #allocate} gave their content. */
    void fill(Backend backend, Map<String, Tensor> tensors) {
        upload(backend, tensors, draw());
    }

    private static void upload(Backend backend, Map<String, Tensor> tensors, Map<String, TrialOperand.Drawn> content) {
        content.forEach((operand, drawn) -> drawn.upload(backend, tensors.get(operand)));
    }

    /** The operation on operands that {@link #place} gave, or {@link #allocate}: then they are filled before it runs. */
    public Operation prepare(Backend backend, Map<String, Tensor> tensors) {
        return preparation.prepare(backend, tensors);
    }

    @Override
    public String toString() {
        return name;
    }
}
