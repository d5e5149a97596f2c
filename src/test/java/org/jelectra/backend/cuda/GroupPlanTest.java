package org.jelectra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How weight gradients are spread over a device of 132 multiprocessors, the H200's. */
class GroupPlanTest {

    private static final int MULTIPROCESSORS = 132;
    private static final int TOKENS = 16384;

    private static GroupPlan plan(GemmTile tile, List<GemmSize> sizes) {
        return GroupPlan.of(sizes, tile, MULTIPROCESSORS, GemmKernels.WARPGROUPS);
    }

    private static GemmTile tile(int m, int n) {
        return GroupPlan.tile(new GemmSize(m, n, TOKENS), GemmKernels.WARPGROUPS);
    }

    /** The layers of preset small's discriminator. */
    private static List<GemmSize> layers(int count) {
        List<GemmSize> sizes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sizes.add(new GemmSize(256, 1024, TOKENS));
            sizes.add(new GemmSize(1024, 256, TOKENS));
            sizes.add(new GemmSize(256, 256, TOKENS));
            sizes.add(new GemmSize(768, 256, TOKENS));
        }
        return sizes;
    }

    private static long blocks(GroupPlan plan, GemmTile tile, List<GemmSize> sizes, int from, int to) {
        long blocks = 0;
        for (int i = from; i < to; i++) {
            blocks += tile.count(sizes.get(i)) * plan.splits(i, sizes.get(i));
        }
        return blocks;
    }

    @Test
    void tilesAreTheLargestThatThereAre() {
        assertThat(tile(768, 256)).isEqualTo(GemmTile.WIDE);
        assertThat(tile(250, 1000)).isEqualTo(GemmTile.WIDE);
        assertThat(tile(30522, 128)).isEqualTo(GemmTile.WIDE);
        assertThat(tile(256, 384)).isEqualTo(GemmTile.WIDE);
        assertThat(tile(64, 256)).isEqualTo(GemmTile.SMALL);
        GemmSize size = new GemmSize(768, 256, TOKENS);
        assertThat(GroupPlan.tile(size, GemmKernels.WARPS)).isEqualTo(GemmTile.LARGE);
        assertThat(GroupPlan.tile(size, GemmKernels.FLOAT32)).isEqualTo(GemmTile.SMALL);
    }

    @Test
    void wholeWavesAndOneOfParts() {
        List<GemmSize> sizes = layers(12);
        GroupPlan plan = plan(GemmTile.WIDE, sizes);
        long whole = blocks(plan, GemmTile.WIDE, sizes, 0, plan.whole());
        long parts = blocks(plan, GemmTile.WIDE, sizes, plan.whole(), sizes.size());
        assertThat(whole).as(plan.toString()).isBetween(2L * MULTIPROCESSORS - 10, 2L * MULTIPROCESSORS);
        assertThat(parts).as(plan.toString()).isBetween(MULTIPROCESSORS * 8L / 10, MULTIPROCESSORS * 12L / 10);
    }

    @Test
    void fewLayersFillTheDeviceOnce() {
        List<GemmSize> sizes = layers(1);
        GroupPlan plan = plan(GemmTile.WIDE, sizes);
        assertThat(plan.whole()).isZero();
        assertThat(blocks(plan, GemmTile.WIDE, sizes, 0, sizes.size()))
                .as(plan.toString())
                .isBetween(MULTIPROCESSORS * 9L / 10, (long) MULTIPROCESSORS);
    }

    @Test
    void partsHaveWholeStepsAndAllOfK() {
        List<GemmSize> sizes = List.of(new GemmSize(256, 128, TOKENS), new GemmSize(30522, 128, 2432));
        GroupPlan plan = plan(GemmTile.WIDE, sizes);
        for (int i = 0; i < sizes.size(); i++) {
            GemmSize size = sizes.get(i);
            int splits = plan.splits(i, size);
            int chunk = plan.chunk(i, size);
            assertThat((long) chunk * splits).isGreaterThanOrEqualTo(size.k());
            assertThat((long) chunk * (splits - 1)).isLessThan(size.k());
            assertThat(splits == 1 || chunk % GemmKernels.WARPGROUPS.step(GemmTile.WIDE) == 0)
                    .isTrue();
        }
    }

    @Test
    void fewSummandsStayWhole() {
        GroupPlan plan = plan(GemmTile.SMALL, List.of(new GemmSize(64, 64, 256), new GemmSize(7, 3, 5)));
        assertThat(plan.whole()).isEqualTo(2);
    }

    /** Of many tokens there are thousands of numbers of parts, and adding up a plan's time takes as long as it has waves. */
    @Test
    void plansOfManyPartsAreNotLookedAt() {
        List<GemmSize> sizes = Collections.nCopies(13, new GemmSize(1024, 4096, 1 << 20));
        List<GroupPlan> candidates =
                GroupPlan.candidates(sizes, GemmTile.WIDE, MULTIPROCESSORS, GemmKernels.WARPGROUPS);
        assertThat(candidates).hasSizeBetween(20, 100).allSatisfy(plan -> {
            long parts = blocks(plan, GemmTile.WIDE, sizes, plan.whole(), sizes.size());
            assertThat(parts).as(plan.toString()).isLessThanOrEqualTo((long) GroupPlan.MOST_WAVES * MULTIPROCESSORS);
        });
    }

    /** The output matrix of preset large: its tiles alone are several waves, and the best plan has each in four parts. */
    @Test
    void tilesOfSeveralWavesAreCutToo() {
        List<GemmSize> sizes = List.of(new GemmSize(30522, 1024, 266_240));
        assertThat(plan(GemmTile.WIDE, sizes)).isEqualTo(new GroupPlan(0, 66_560));
    }
}
