package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How products are spread over a device of 132 multiprocessors, the H200's. */
class GemmPlanTest {

    private static final int MULTIPROCESSORS = 132;

    private static GemmPlan whole(int m, int n, int k) {
        return GemmPlan.whole(new GemmSize(m, n, k), MULTIPROCESSORS);
    }

    private static GemmPlan wholeOrSplit(int m, int n, int k, GemmKernels kernels) {
        return GemmPlan.wholeOrSplit(new GemmSize(m, n, k), MULTIPROCESSORS, kernels);
    }

    @Test
    void wideProductsHaveLargeTiles() {
        for (int n : new int[] {256, 768, 1024}) {
            assertThat(whole(16384, n, 256)).isEqualTo(new GemmPlan(GemmTile.LARGE, 1, 256));
        }
        assertThat(whole(2432, 30522, 128).tile()).isEqualTo(GemmTile.LARGE);
    }

    private static GemmTile tile(int m, int n, int k, GemmKernels kernels) {
        GemmTile tile = wholeOrSplit(m, n, k, kernels).tile();
        assertThat(GemmPlan.wholeOrWide(new GemmSize(m, n, k), MULTIPROCESSORS, kernels)
                        .tile())
                .isEqualTo(tile);
        return tile;
    }

    @Test
    void longSumsHaveWideTilesWhereTheyFillTheDeviceAndCoverLittleMore() {
        for (int[] size : new int[][] {{32768, 768, 768}, {32768, 768, 3072}, {8192, 1024, 512}, {5056, 30522, 768}}) {
            assertThat(tile(size[0], size[1], size[2], GemmKernels.WARPGROUPS)).isEqualTo(GemmTile.WIDE);
            assertThat(tile(size[0], size[1], size[2], GemmKernels.WARPS)).isEqualTo(GemmTile.LARGE);
            assertThat(tile(size[0], size[1], size[2], GemmKernels.FLOAT32)).isEqualTo(GemmTile.LARGE);
        }
        assertThat(tile(32768, 768, 511, GemmKernels.WARPGROUPS)).isEqualTo(GemmTile.LARGE);
        assertThat(tile(32768, 384, 768, GemmKernels.WARPGROUPS)).isEqualTo(GemmTile.LARGE);
        assertThat(tile(5504, 768, 768, GemmKernels.WARPGROUPS)).isEqualTo(GemmTile.LARGE);
        assertThat(tile(32768, 64, 768, GemmKernels.WARPGROUPS)).isEqualTo(GemmTile.SMALL);
    }

    @Test
    void narrowOrSmallProductsHaveSmallTiles() {
        assertThat(whole(16384, 64, 256).tile()).isEqualTo(GemmTile.SMALL);
        assertThat(whole(16384, 1, 256).tile()).isEqualTo(GemmTile.SMALL);
        assertThat(whole(512, 512, 512).tile()).isEqualTo(GemmTile.SMALL);
        assertThat(whole(33, 17, 5)).isEqualTo(new GemmPlan(GemmTile.SMALL, 1, 5));
    }

    @Test
    void inputGradientsThatWouldLeaveMultiprocessorsIdleFillTheDeviceOnce() {
        for (GemmKernels kernels : GemmKernels.values()) {
            GemmPlan plan = wholeOrSplit(2432, 128, 30522, kernels);
            // 19 tiles: a block for each multiprocessor, or two where its arithmetic takes longest
            int splits = kernels == GemmKernels.FLOAT32 ? 13 : 6;
            assertThat(plan.tile()).isEqualTo(GemmTile.LARGE);
            assertThat(plan.splits()).isEqualTo(splits);
            assertThat(plan.chunk() % kernels.step(plan.tile())).isZero();
            assertThat(plan.chunk() * splits).isBetween(30522, 30522 + splits * 64);
        }
    }

    /** 60 tiles leave room for two blocks each. */
    @Test
    void onlyLongSumsAreCutIntoTwo() {
        assertThat(wholeOrSplit(15 * 64, 4 * 64, 1535, GemmKernels.WARPGROUPS).splits())
                .isEqualTo(1);
        assertThat(wholeOrSplit(15 * 64, 4 * 64, 1536, GemmKernels.WARPGROUPS).splits())
                .isEqualTo(2);
    }

    @Test
    void otherInputGradientsStayWhole() {
        for (int[] size : new int[][] {{16384, 128, 30522}, {2432, 256, 1024}, {2432, 128, 512}, {512, 64, 192}}) {
            assertThat(wholeOrSplit(size[0], size[1], size[2], GemmKernels.WARPGROUPS))
                    .satisfies(plan -> assertThat(plan.splits()).isEqualTo(1))
                    .satisfies(plan -> assertThat(plan.chunk()).isGreaterThanOrEqualTo(size[2]));
        }
    }

    /** There is a counter for each multiprocessor. */
    @Test
    void whatIsSplitHasNoMoreTilesThanThereAreMultiprocessors() {
        for (int m = 1; m < 20_000; m = 3 * m / 2 + 1) {
            for (int n = 1; n < 20_000; n = 3 * n / 2 + 1) {
                GemmSize size = new GemmSize(m, n, 5000);
                GemmPlan plan = GemmPlan.wholeOrSplit(size, MULTIPROCESSORS, GemmKernels.WARPGROUPS);
                long tiles = plan.tile().count(size);
                assertThat(plan.splits() == 1 || tiles <= MULTIPROCESSORS)
                        .as(plan + " for " + size)
                        .isTrue();
                assertThat(plan.splits() == 1 || tiles * plan.splits() <= MULTIPROCESSORS)
                        .as("blocks of " + plan + " for " + size)
                        .isTrue();
            }
        }
    }
}
