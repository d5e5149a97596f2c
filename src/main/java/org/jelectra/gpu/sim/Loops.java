package org.jelectra.gpu.sim;

/** Operations over all lanes, by the registers that they work on. Operands that an operation does not have repeat another one. */
final class Loops {

    private Loops() {}

    /** {@code d = f(a, b, c)} of 32-bit integers. */
    @FunctionalInterface
    interface Ints {
        void apply(int[] d, int[] a, int[] b, int[] c);
    }

    /** {@code d = f(a, b, c)} of floats. */
    @FunctionalInterface
    interface Floats {
        void apply(float[] d, float[] a, float[] b, float[] c);
    }

    /** {@code d = f(a, b, c)} of 64-bit integers. */
    @FunctionalInterface
    interface Longs {
        void apply(long[] d, long[] a, long[] b, long[] c);
    }

    /** {@code d = f(a, b, c)} of 64-bit integers and a shift. */
    @FunctionalInterface
    interface LongShifts {
        void apply(long[] d, long[] a, int[] shift, int[] bits);
    }

    /** {@code d = f(a, b, c)} of doubles. */
    @FunctionalInterface
    interface Doubles {
        void apply(double[] d, double[] a, double[] b, double[] c);
    }

    /** {@code d = a * b + c} with a wide result. */
    @FunctionalInterface
    interface WideProducts {
        void apply(long[] d, int[] a, int[] b, long[] c);
    }
}
