package org.jelectra.gpu.sim;

/** Arrays of one value per lane, and sets of lanes as bit masks. */
final class Lanes {

    /** Lanes of a warp. */
    static final int COUNT = 32;
    /** All of them. */
    static final int ALL = -1;

    private Lanes() {}

    /** The lowest lane of a set. */
    static int first(int lanes) {
        return Integer.numberOfTrailingZeros(lanes);
    }

    static void copy(int[] from, int[] to, int lanes) {
        if (lanes == ALL) {
            System.arraycopy(from, 0, to, 0, COUNT);
            return;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = first(rest);
            to[lane] = from[lane];
        }
    }

    static void copy(float[] from, float[] to, int lanes) {
        if (lanes == ALL) {
            System.arraycopy(from, 0, to, 0, COUNT);
            return;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = first(rest);
            to[lane] = from[lane];
        }
    }

    static void copy(long[] from, long[] to, int lanes) {
        if (lanes == ALL) {
            System.arraycopy(from, 0, to, 0, COUNT);
            return;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = first(rest);
            to[lane] = from[lane];
        }
    }

    static void copy(double[] from, double[] to, int lanes) {
        if (lanes == ALL) {
            System.arraycopy(from, 0, to, 0, COUNT);
            return;
        }
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = first(rest);
            to[lane] = from[lane];
        }
    }
}
