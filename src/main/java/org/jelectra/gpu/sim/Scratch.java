package org.jelectra.gpu.sim;

/** Arrays of a warp that hold values within one instruction. */
final class Scratch {

    final int[] intResult = new int[Lanes.COUNT];
    final int[] intA = new int[Lanes.COUNT];
    final int[] intB = new int[Lanes.COUNT];
    final int[] intC = new int[Lanes.COUNT];
    final float[] floatResult = new float[Lanes.COUNT];
    final float[] floatA = new float[Lanes.COUNT];
    final float[] floatB = new float[Lanes.COUNT];
    final float[] floatC = new float[Lanes.COUNT];
    final long[] longResult = new long[Lanes.COUNT];
    final double[] doubleResult = new double[Lanes.COUNT];
    /** Where the lanes' accesses begin in the memory at hand. */
    final int[] offsets = new int[Lanes.COUNT];
    /** Operands and result of a matrix product, row by row. */
    final float[] matrixA = new float[16 * 16];

    final float[] matrixB = new float[16 * 8];
    final float[] matrixD = new float[16 * 8];
}
