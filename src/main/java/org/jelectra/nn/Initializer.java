package org.jelectra.nn;

import java.util.Arrays;
import org.jelectra.random.RandomSource;
import org.jelectra.tensor.Shape;

/** Initial values of a parameter. */
@FunctionalInterface
public interface Initializer {

    /** All 0. */
    Initializer ZEROS = (values, shape, random) -> {};

    /** All 1. */
    Initializer ONES = (values, shape, random) -> Arrays.fill(values, 1f);

    /**
     * Uniform in +-sqrt(6 / (inputs + outputs)) for a matrix [outputs, inputs] (Glorot and Bengio 2010): TensorFlow's default,
     * which ELECTRA uses for its output layers and the embedding projection.
     */
    Initializer GLOROT_UNIFORM =
            (values, shape, random) -> fillUniform(values, Math.sqrt(6.0 / (shape.rows() + shape.width())), random);

    /** {@link #GLOROT_UNIFORM} for a matrix that is a part of one with so many inputs and outputs. */
    static Initializer glorotUniform(int inputs, int outputs) {
        return (values, shape, random) -> fillUniform(values, Math.sqrt(6.0 / (inputs + outputs)), random);
    }

    private static void fillUniform(float[] values, double limit, RandomSource random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (limit * (2 * random.nextDouble() - 1));
        }
    }

    /** Normal with the given deviation, drawn again beyond two deviations, as in BERT (realised deviation 0.88 of it). */
    static Initializer truncatedNormal(double deviation) {
        return (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                double normal = nextNormal(random);
                while (Math.abs(normal) > 2) {
                    normal = nextNormal(random);
                }
                values[i] = (float) (deviation * normal);
            }
        };
    }

    /** Writes all of {@code values} (zero before) for a parameter of that shape. */
    void initialize(float[] values, Shape shape, RandomSource random);

    /** Standard normal by Box and Muller's transform. */
    private static double nextNormal(RandomSource random) {
        double radius = Math.sqrt(-2 * Math.log(random.nextDouble()));
        return radius * Math.cos(2 * Math.PI * random.nextDouble());
    }
}
