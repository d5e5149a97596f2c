package org.jelectra.gpu;

/**
 * Size of a launch.
 *
 * @param gridX blocks along x, at least 1
 * @param gridY blocks along y, 1 to 65535
 * @param gridZ blocks along z, 1 to 65535
 * @param blockX threads of a block along x
 * @param blockY threads of a block along y
 * @param dynamicSharedBytes shared memory beside the kernel's static one
 */
public record LaunchShape(int gridX, int gridY, int gridZ, int blockX, int blockY, int dynamicSharedBytes) {

    public LaunchShape {
        if (gridX < 1 || gridY < 1 || gridZ < 1 || gridY > 65535 || gridZ > 65535) {
            throw new IllegalArgumentException(
                    "a grid has 1 to 2147483647 x 65535 x 65535 blocks, got " + gridX + " x " + gridY + " x " + gridZ);
        }
        if (blockX < 1 || blockY < 1 || (long) blockX * blockY > 1024) {
            throw new IllegalArgumentException("a block has 1 to 1024 threads, got " + blockX + " x " + blockY);
        }
        if (dynamicSharedBytes < 0) {
            throw new IllegalArgumentException("shared memory must not be negative, got " + dynamicSharedBytes);
        }
    }

    /** Blocks in one row, without dynamic shared memory. */
    public static LaunchShape of(int blocks, int threads) {
        return new LaunchShape(blocks, 1, 1, threads, 1, 0);
    }

    /** A grid of two dimensions, without dynamic shared memory. */
    public static LaunchShape of(int gridX, int gridY, int threads) {
        return new LaunchShape(gridX, gridY, 1, threads, 1, 0);
    }

    /** The same with dynamic shared memory. */
    public LaunchShape withShared(int bytes) {
        return new LaunchShape(gridX, gridY, gridZ, blockX, blockY, bytes);
    }

    /** Threads of one block. */
    public int threads() {
        return blockX * blockY;
    }

    /** Blocks in all. */
    public long blocks() {
        return (long) gridX * gridY * gridZ;
    }

    @Override
    public String toString() {
        return "grid " + gridX + "x" + gridY + "x" + gridZ + ", block " + blockX + "x" + blockY
                + (dynamicSharedBytes == 0 ? "" : ", " + dynamicSharedBytes + " bytes of shared memory");
    }
}
