package org.jelectra.gpu.sim;

/** Arithmetic of each lane for itself. Where not all lanes take part, the results of the others are thrown away. */
abstract class Operation extends Instruction {

    /** Registers of the result and of the operands. */
    final int d;

    final int a;
    final int b;
    final int c;

    private Operation(int d, int a, int b, int c) {
        this.d = d;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    /** On 32-bit integers. */
    static final class OfInts extends Operation {

        private final Loops.Ints loop;

        OfInts(int d, int a, int b, int c, Loops.Ints loop) {
            super(d, a, b, c);
            this.loop = loop;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int[][] r = warp.ints;
            if (lanes == Lanes.ALL) {
                loop.apply(r[d], r[a], r[b], r[c]);
            } else {
                loop.apply(warp.scratch.intResult, r[a], r[b], r[c]);
                Lanes.copy(warp.scratch.intResult, r[d], lanes);
            }
        }
    }

    /** On floats. */
    static final class OfFloats extends Operation {

        private final Loops.Floats loop;

        OfFloats(int d, int a, int b, int c, Loops.Floats loop) {
            super(d, a, b, c);
            this.loop = loop;
        }

        @Override
        void execute(Warp warp, int lanes) {
            float[][] r = warp.floats;
            if (lanes == Lanes.ALL) {
                loop.apply(r[d], r[a], r[b], r[c]);
            } else {
                loop.apply(warp.scratch.floatResult, r[a], r[b], r[c]);
                Lanes.copy(warp.scratch.floatResult, r[d], lanes);
            }
        }
    }

    /** On floats with subnormal operands and results flushed to zero. */
    static final class Flushed extends Operation {

        private final Loops.Floats loop;

        Flushed(int d, int a, int b, int c, Loops.Floats loop) {
            super(d, a, b, c);
            this.loop = loop;
        }

        @Override
        void execute(Warp warp, int lanes) {
            Scratch scratch = warp.scratch;
            flush(warp.floats[a], scratch.floatA);
            flush(warp.floats[b], scratch.floatB);
            flush(warp.floats[c], scratch.floatC);
            loop.apply(scratch.floatResult, scratch.floatA, scratch.floatB, scratch.floatC);
            flush(scratch.floatResult, scratch.floatResult);
            Lanes.copy(scratch.floatResult, warp.floats[d], lanes);
        }

        static void flush(float[] from, float[] to) {
            for (int i = 0; i < Lanes.COUNT; i++) {
                to[i] = Approximations.flush(from[i]);
            }
        }
    }

    /** On 64-bit integers. */
    static final class OfLongs extends Operation {

        private final Loops.Longs loop;

        OfLongs(int d, int a, int b, int c, Loops.Longs loop) {
            super(d, a, b, c);
            this.loop = loop;
        }

        @Override
        void execute(Warp warp, int lanes) {
            long[][] r = warp.longs;
            if (lanes == Lanes.ALL) {
                loop.apply(r[d], r[a], r[b], r[c]);
            } else {
                loop.apply(warp.scratch.longResult, r[a], r[b], r[c]);
                Lanes.copy(warp.scratch.longResult, r[d], lanes);
            }
        }
    }

    /** On doubles. */
    static final class OfDoubles extends Operation {

        private final Loops.Doubles loop;

        OfDoubles(int d, int a, int b, int c, Loops.Doubles loop) {
            super(d, a, b, c);
            this.loop = loop;
        }

        @Override
        void execute(Warp warp, int lanes) {
            double[][] r = warp.doubles;
            loop.apply(warp.scratch.doubleResult, r[a], r[b], r[c]);
            Lanes.copy(warp.scratch.doubleResult, r[d], lanes);
        }
    }

    /** On a 64-bit integer and 32-bit ones. */
    static final class OfLongShift extends Operation {

        private final Loops.LongShifts loop;

        OfLongShift(int d, int a, int shift, int bits, Loops.LongShifts loop) {
            super(d, a, shift, bits);
            this.loop = loop;
        }

        @Override
        void execute(Warp warp, int lanes) {
            loop.apply(warp.scratch.longResult, warp.longs[a], warp.ints[b], warp.ints[c]);
            Lanes.copy(warp.scratch.longResult, warp.longs[d], lanes);
        }
    }

    /** A product of 32-bit integers with 64 bits. */
    static final class OfWideProduct extends Operation {

        private final Loops.WideProducts loop;

        OfWideProduct(int d, int a, int b, int c, Loops.WideProducts loop) {
            super(d, a, b, c);
            this.loop = loop;
        }

        @Override
        void execute(Warp warp, int lanes) {
            if (lanes == Lanes.ALL) {
                loop.apply(warp.longs[d], warp.ints[a], warp.ints[b], warp.longs[c]);
            } else {
                loop.apply(warp.scratch.longResult, warp.ints[a], warp.ints[b], warp.longs[c]);
                Lanes.copy(warp.scratch.longResult, warp.longs[d], lanes);
            }
        }
    }

    /** On integers of 8 or 16 bits: operands are extended, the result is cut. */
    static final class OfNarrow extends Operation {

        private final boolean signed;
        private final int kept;
        private final Loops.Ints loop;

        OfNarrow(int d, int a, int b, int c, boolean signed, int kept, Loops.Ints loop) {
            super(d, a, b, c);
            this.signed = signed;
            this.kept = kept;
            this.loop = loop;
        }

        @Override
        void execute(Warp warp, int lanes) {
            Scratch scratch = warp.scratch;
            extend(warp.ints[a], scratch.intA);
            extend(warp.ints[b], scratch.intB);
            extend(warp.ints[c], scratch.intC);
            int[] result = scratch.intResult;
            loop.apply(result, scratch.intA, scratch.intB, scratch.intC);
            for (int i = 0; i < Lanes.COUNT; i++) {
                result[i] &= kept;
            }
            Lanes.copy(result, warp.ints[d], lanes);
        }

        private void extend(int[] from, int[] to) {
            for (int i = 0; i < Lanes.COUNT; i++) {
                to[i] = signed ? (short) from[i] : from[i] & 0xFFFF;
            }
        }
    }
}
