package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How products are spread over a device of 132 multiprocessors, the H200's. */
class GemmPlanTest {

    private static final int MULTIPROCESSORS = 132;

    private static GemmPlan whole(int m, int n, int k) {
        return GemmPlan.whole(GemmSize.of(m, n, k), MULTIPROCESSORS);
    }

    private static GemmPlan split(int m, int n, int k) {
        return GemmPlan.split(GemmSize.of(m, n, k), MULTIPROCESSORS, GemmKernels.WARPGROUPS);
    }

    @Test
    void wideProductsHaveLargeTiles() {
        for (int n : new int[] {256, 768, 1024}) {
            assertThat(whole(16384, n, 256)).isEqualTo(new GemmPlan(GemmTile.LARGE, 1, 256));
        }
        assertThat(whole(2432, 30522, 128).tile()).isEqualTo(GemmTile.LARGE);
    }

    @Test
    void narrowOrSmallProductsHaveSmallTiles() {
        assertThat(whole(16384, 64, 256).tile()).isEqualTo(GemmTile.SMALL);
        assertThat(whole(16384, 1, 256).tile()).isEqualTo(GemmTile.SMALL);
        assertThat(whole(512, 512, 512).tile()).isEqualTo(GemmTile.SMALL);
        assertThat(whole(33, 17, 5)).isEqualTo(new GemmPlan(GemmTile.SMALL, 1, 5));
    }

    @Test
    void weightGradientsFillTheDeviceOnce() {
        for (int[] outputs : new int[][] {{768, 256}, {256, 256}, {1024, 256}, {256, 1024}, {256, 128}, {192, 64}}) {
            GemmSize size = GemmSize.of(outputs[0], outputs[1], 16384);
            GemmPlan plan = split(size.m(), size.n(), size.k());
            long blocks = plan.tile().count(size) * plan.splits();
            assertThat(blocks).as(size.toString()).isBetween((long) MULTIPROCESSORS, 2L * MULTIPROCESSORS);
            assertThat(plan.chunk() % GemmKernels.WARPGROUPS.step(plan.tile())).isZero();
            assertThat((long) plan.chunk() * plan.splits()).isGreaterThanOrEqualTo(size.k());
            assertThat((long) plan.chunk() * (plan.splits() - 1)).isLessThan(size.k());
        }
    }

    @Test
    void productsWithManyTilesOrFewSummandsStayWhole() {
        assertThat(split(30522, 128, 2432).splits()).isEqualTo(1);
        assertThat(split(768, 256, 200).splits()).isEqualTo(1);
    }
}
