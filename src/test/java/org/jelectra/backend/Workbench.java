package org.jelectra.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jelectra.backend.check.Catalog;
import org.jelectra.backend.check.Sizes;
import org.jelectra.backend.check.TrialOperand;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Storage;
import org.jelectra.tensor.Tensor;

/**
 * Tensors of one backend for tests, one trial after the other. All lie in one arena, at odd offsets unless they must be aligned, with guard
 * elements around them; at the end of a trial the guards and all inputs must be what they were. Random values depend on the trial's name.
 */
final class Workbench implements AutoCloseable {

    private static final int ARENA = 6_000_000;
    private static final int GUARD = 3;
    /** Elements that start at multiples of 16 bytes in every type, as kernels of joined operations need. */
    private static final int PACK = 8;
    /** Bits of a float that is a bf16 too. */
    private static final int GUARD_VALUE = 0x4B3C0000;
    /** A number that no operation writes, in INT32 outputs before the run. */
    private static final int UNWRITTEN = -987654321;

    /** First words of the names of tensors that are values: of the backend's value type, as operands of these names in the trials. */
    private static final Set<String> VALUES = Catalog.of(Sizes.ODD).stream()
            .flatMap(each -> each.operands().stream())
            .filter(operand -> operand.kind() == TrialOperand.Kind.VALUES)
            .map(TrialOperand::name)
            .collect(Collectors.toSet());

    private final Backend backend;
    private final DType valueType;
    private final Storage floats;
    private final Storage values;
    private final Storage ints;
    private final List<Placed> placed = new ArrayList<>();
    private String trial = "none";
    private long seed;
    private RandomSource random;
    private boolean aligned;
    private long nextFloat;
    private long nextValue;
    private long nextInt;

    /** A tensor with its guards; {@code fixed} is the expected content of an input, else null. */
    private record Placed(Tensor tensor, Tensor padded, Object fixed) {}

    Workbench(Backend backend) {
        this.backend = backend;
        this.valueType = backend.valueType();
        this.floats = backend.allocate(DType.FLOAT32, ARENA);
        this.values = valueType == DType.FLOAT32 ? floats : backend.allocate(valueType, ARENA);
        this.ints = backend.allocate(DType.INT32, ARENA);
        trial("none");
    }

    Backend backend() {
        return backend;
    }

    /** Checks what the previous trial left and forgets its tensors. */
    void trial(String name, Object... sizes) {
        endTrial();
        trial = name + Arrays.toString(sizes);
        seed = 0x5DEECE66DL ^ ((long) trial.hashCode() << 16);
        random = new RandomSource(seed, 1, 0, 0);
        nextFloat = 0;
        nextValue = 0;
        nextInt = 0;
        aligned = false;
    }

    /** The same with tensors that begin at multiples of 16 bytes. */
    void alignedTrial(String name, Object... sizes) {
        trial(name, sizes);
        aligned = true;
    }

    /** Where the next tensor's guards begin, if not before {@code next}. */
    private long begin(long next) {
        return aligned ? (next + GUARD + PACK - 1) / PACK * PACK - GUARD : next;
    }

    /** Fails if the trial's operations wrote beside their results or into an input. */
    void endTrial() {
        for (Placed each : placed) {
            int size = (int) each.padded.size();
            int[] bits = bits(each.padded);
            for (int i = 0; i < GUARD; i++) {
                assertEquals(GUARD_VALUE, bits[i], () -> context(each.tensor) + ": element before it was overwritten");
                assertEquals(
                        GUARD_VALUE,
                        bits[size - 1 - i],
                        () -> context(each.tensor) + ": element behind it was overwritten");
            }
            if (each.fixed != null) {
                assertEquals(
                        each.fixed,
                        Arrays.hashCode(Arrays.copyOfRange(bits, GUARD, size - GUARD)),
                        () -> context(each.tensor) + ": an input was changed");
            }
        }
        placed.clear();
    }

    /** What is being tested, for messages. */
    String context(Object what) {
        return trial + " (seed " + seed + "): " + what;
    }

    /** Random values of a normal distribution, each exactly a number of the value type. */
    double[] normal(int n) {
        double[] numbers = new double[n];
        for (int i = 0; i < n; i++) {
            double radius = Math.sqrt(-2 * Math.log(random.nextDouble()));
            numbers[i] = stored(radius * Math.cos(2 * Math.PI * random.nextDouble()));
        }
        return numbers;
    }

    /** Random values in [low, high], each exactly a number of the value type. */
    double[] uniform(int n, double low, double high) {
        double[] numbers = new double[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = stored(low + (high - low) * random.nextDouble());
        }
        return numbers;
    }

    /** The number as the value type holds it, cut to its digits. */
    double stored(double number) {
        float nearest = (float) number;
        return valueType == DType.FLOAT32
                ? nearest
                : Float.intBitsToFloat(Float.floatToRawIntBits(nearest) & 0xFFFF0000);
    }

    /** Largest error of rounding a result to the value type, relative to it, beyond what FLOAT32 has. */
    double rounding() {
        return valueType == DType.FLOAT32 ? 0 : 0x1p-9;
    }

    /** Random integers in [0, bound). */
    int[] integers(int n, int bound) {
        int[] values = new int[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextInt(bound);
        }
        return values;
    }

    /** A tensor that the operation may only read. */
    Tensor input(String name, double[] values, int... shape) {
        return place(name, values, true, shape);
    }

    /** A tensor that the operation may only read. */
    Tensor input(String name, int[] values, int... shape) {
        return place(name, values, true, shape);
    }

    /** A tensor that the operation changes. */
    Tensor variable(String name, double[] values, int... shape) {
        return place(name, values, false, shape);
    }

    /** A tensor that the operation writes and never reads: it begins as NaN, which would show in the results. */
    Tensor output(String name, int... shape) {
        double[] nothing = new double[(int) Shape.of(shape).size()];
        Arrays.fill(nothing, Double.NaN);
        return place(name, nothing, false, shape);
    }

    /** An INT32 tensor that the operation writes and never reads. */
    Tensor integerOutput(String name, int... shape) {
        int[] nothing = new int[(int) Shape.of(shape).size()];
        Arrays.fill(nothing, UNWRITTEN);
        return place(name, nothing, false, shape);
    }

    /** An operand: random content where it is read, nothing where it is only written. */
    Tensor operand(TrialOperand operand) {
        int size = Math.toIntExact(operand.shape().size());
        boolean read = operand.access() == TrialOperand.Access.READ;
        boolean written = operand.access() == TrialOperand.Access.WRITTEN;
        DType dtype = operand.dtype(valueType);
        int[] shape = operand.shape().toArray();
        if (dtype != DType.INT32) {
            double[] content = new double[size];
            float[] numbers = operand.numbers(random);
            Arrays.setAll(content, i -> written ? Double.NaN : numbers[i]);
            return place(operand.name(), content, dtype, read, shape);
        }
        int[] content = operand.integers(random);
        if (written) {
            Arrays.fill(content, UNWRITTEN);
        } else if (operand.kind() == TrialOperand.Kind.MASK) {
            // the first half of a sequence, where targets may be, stays
            int length = operand.shape().width();
            Arrays.setAll(content, i -> i % length < length / 2 ? 1 : random.nextInt(2));
        }
        return place(operand.name(), content, read, shape);
    }

    /** A single number that the operation reads. */
    Tensor number(String name, double value) {
        return input(name, new double[] {value}, 1);
    }

    /** The operation's side of a source of random numbers. */
    Randomness randomness(ReferenceRandom source) {
        return new Randomness(input("clock", source.clock(), 4), source.stream());
    }

    private Tensor place(String name, double[] content, boolean fixed, int... shape) {
        return place(name, content, VALUES.contains(name.split(" ")[0]) ? valueType : DType.FLOAT32, fixed, shape);
    }

    private Tensor place(String name, double[] content, DType dtype, boolean fixed, int... shape) {
        float[] body = new float[content.length + 2 * GUARD];
        Arrays.fill(body, Float.intBitsToFloat(GUARD_VALUE));
        for (int i = 0; i < content.length; i++) {
            body[GUARD + i] = (float) content[i];
        }
        boolean value = dtype != DType.FLOAT32;
        long at = begin(value ? nextValue : nextFloat);
        Tensor padded = Tensor.of(name + " with guards", Shape.of(body.length), value ? values : floats, at);
        if (value) {
            nextValue = at + body.length;
        } else {
            nextFloat = at + body.length;
        }
        backend.upload(body, 0, padded);
        return remember(name, padded, fixed, shape);
    }

    private Tensor place(String name, int[] values, boolean fixed, int... shape) {
        int[] body = new int[values.length + 2 * GUARD];
        Arrays.fill(body, GUARD_VALUE);
        System.arraycopy(values, 0, body, GUARD, values.length);
        long at = begin(nextInt);
        Tensor padded = Tensor.of(name + " with guards", Shape.of(body.length), ints, at);
        nextInt = at + body.length;
        backend.upload(body, 0, padded);
        return remember(name, padded, fixed, shape);
    }

    private Tensor remember(String name, Tensor padded, boolean fixed, int... shape) {
        Tensor tensor = padded.view(name, GUARD, Shape.of(shape));
        assertEquals(
                padded.size(), tensor.size() + 2 * GUARD, () -> context(tensor) + " got the wrong number of values");
        placed.add(new Placed(tensor, padded, fixed ? Arrays.hashCode(bits(tensor)) : null));
        return tensor;
    }

    /** New values for a tensor of {@link #variable} or {@link #output}. */
    void write(Tensor tensor, double[] values) {
        float[] body = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            body[i] = (float) values[i];
        }
        backend.upload(body, 0, tensor);
    }

    /** New content for any tensor, as {@link #bits} gives it; an input must keep it from now on. */
    void writeBits(Tensor tensor, int[] bits) {
        if (tensor.dtype() == DType.INT32) {
            backend.upload(bits, 0, tensor);
        } else {
            float[] values = new float[bits.length];
            for (int i = 0; i < bits.length; i++) {
                values[i] = Float.intBitsToFloat(bits[i]);
            }
            backend.upload(values, 0, tensor);
        }
        placed.replaceAll(each -> each.tensor == tensor && each.fixed != null
                ? new Placed(tensor, each.padded, Arrays.hashCode(bits))
                : each);
    }

    double[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    int[] readIntegers(Tensor tensor) {
        int[] values = new int[(int) tensor.size()];
        backend.download(tensor, values, 0);
        return values;
    }

    /** The content bit by bit, whatever its type. */
    int[] bits(Tensor tensor) {
        if (tensor.dtype() == DType.INT32) {
            return readIntegers(tensor);
        }
        float[] values = new float[(int) tensor.size()];
        backend.download(tensor, values, 0);
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    /** {@link #assertClose(Tensor, double[], int, double)} for terms of order 1. */
    void assertClose(Tensor got, double[] expected, int terms) {
        assertClose(got, expected, terms, 1);
    }

    /**
     * Compares a result that float32 computes as a sum of {@code terms} random terms of magnitude {@code unit}. A partial sum of
     * k such terms is near {@code unit sqrt(k)} and each addition rounds it by up to 2^-24 of that; n independent roundings add
     * up to about {@code 0.7 n 2^-24 unit}, for any order of summation at most that. Hence a bound linear in n; the factor 4
     * covers the largest of many elements, and 4 terms more cover the roundings around the sum.
     */
    void assertClose(Tensor got, double[] expected, int terms, double unit) {
        double[] values = read(got);
        assertEquals(expected.length, values.length, () -> context(got) + ": number of elements");
        for (int i = 0; i < values.length; i++) {
            double tolerance = tolerance(expected[i], terms, unit);
            if (!(Math.abs(values[i] - expected[i]) <= tolerance)) {
                fail(context(got) + " element " + i + ": expected " + expected[i] + ", got " + values[i]
                        + ", tolerance " + tolerance);
            }
        }
    }

    /**
     * Where values are bf16, results and what an operation keeps in between (probabilities, say) are rounded by up to 2^-9 of
     * themselves: twice that, and the roundings of independent terms add up like a random walk.
     */
    private double tolerance(double expected, int terms, double unit) {
        double exact = 0x1p-22 * ((terms + 4) * unit + Math.abs(expected));
        return valueType == DType.FLOAT32 ? exact : exact + 0x1p-8 * (Math.abs(expected) + Math.sqrt(terms + 4) * unit);
    }

    /**
     * Compares a gradient with finite differences of {@code sum(dy * f(x))}: some single elements, and the sum along one random
     * direction, in which every element takes part. {@code before} is what the gradient held before, or null.
     */
    void assertGradient(
            Tensor got, double[] before, UnaryOperator<double[]> f, double[] x, double[] dy, int terms, double unit) {
        int elements = x.length > 64 ? 12 : x.length;
        double[] values = read(got);
        assertEquals(x.length, values.length, () -> context(got) + ": number of elements");
        for (int i = 0; i < elements; i++) {
            int index = elements == x.length ? i : random.nextInt(x.length);
            double expected = FiniteDifferences.partial(f, x, dy, index) + (before == null ? 0 : before[index]);
            double tolerance = tolerance(expected, terms, unit) + 1e-8 * unit;
            if (!(Math.abs(values[index] - expected) <= tolerance)) {
                fail(context(got) + " element " + index + ": expected derivative " + expected + ", got " + values[index]
                        + ", tolerance " + tolerance);
            }
        }
        double[] direction = normal(x.length);
        double expected = FiniteDifferences.directional(f, x, dy, direction);
        double sum = 0;
        double largest = 0;
        for (int i = 0; i < x.length; i++) {
            sum += direction[i] * (values[i] - (before == null ? 0 : before[i]));
            largest = Math.max(largest, Math.abs(values[i]));
        }
        // the elements' errors are independent, so they add up like a random walk
        double tolerance = Math.sqrt(x.length) * (tolerance(largest, terms, unit) + 1e-8 * unit);
        assertTrue(
                Math.abs(sum - expected) <= tolerance,
                context(got) + ": derivative along a direction, expected " + expected + ", got " + sum + ", tolerance "
                        + tolerance);
    }

    /** Compares every bit, or, where some tolerance is given, each number with that share of the largest one. */
    void assertSame(Tensor got, Tensor expected, double tolerance) {
        if (tolerance == 0) {
            assertSameBits(got, bits(expected));
            return;
        }
        double[] wanted = read(expected);
        double[] values = read(got);
        double largest = Arrays.stream(wanted).map(Math::abs).max().orElse(0);
        for (int i = 0; i < wanted.length; i++) {
            if (!(Math.abs(values[i] - wanted[i]) <= tolerance * largest)) {
                fail(context(got) + " element " + i + ": expected " + wanted[i] + ", got " + values[i] + ", tolerance "
                        + tolerance + " of the largest number, " + largest);
            }
        }
    }

    /** Compares every bit. */
    void assertSameBits(Tensor got, int[] expected) {
        int[] bits = bits(got);
        int different = Arrays.mismatch(expected, bits);
        assertTrue(different < 0, () -> context(got) + ": first difference at element " + different);
    }

    @Override
    public void close() {
        endTrial();
        backend.close();
    }
}
