package org.jelectra.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jelectra.backend.cpu.TileKernels;

/** Panels of a transposed A, which are alike for tiles of any width. */
abstract class VectorPanels implements TileKernels {

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    @Override
    public final void packNarrow(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int j = 0; j < NARROW; j += L) {
            copyColumn(rows, from, fromOffset + j, ld, to, toOffset + j);
        }
    }

    @Override
    public final void addNarrowRows(int rows, float[] x, int xo, float[] sums, int so) {
        for (int j = 0; j < NARROW; j += L) {
            addColumn(rows, x, xo + j, sums, so + j);
        }
    }

    /** Copies a column of vectors to a panel. */
    private static void copyColumn(int rows, float[] from, int fromOffset, int ld, float[] to, int toOffset) {
        for (int i = 0; i < rows; i++) {
            FloatVector.fromArray(S, from, fromOffset + i * ld).intoArray(to, toOffset + i * NARROW);
        }
    }

    /** Adds a panel's column of vectors to one vector, in order. */
    private static void addColumn(int rows, float[] x, int xo, float[] sums, int so) {
        FloatVector sum = FloatVector.fromArray(S, sums, so);
        for (int i = 0; i < rows; i++) {
            sum = sum.add(FloatVector.fromArray(S, x, xo + i * NARROW));
        }
        sum.intoArray(sums, so);
    }
}
