package org.jelectra.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the rule itself: look at all blocks that live at the same time, in the order of their addresses. */
class AddressMapTest {

    private record Block(long size, int first, int last, long offset) {

        Block at(long newOffset) {
            return new Block(size, first, last, newOffset);
        }
    }

    private static long lowestFree(Block block, List<Block> placed) {
        long offset = 0;
        for (Block other : placed) {
            if (other.first <= block.last && block.first <= other.last) {
                if (offset + block.size <= other.offset) {
                    return offset;
                }
                offset = Math.max(offset, other.offset + other.size);
            }
        }
        return offset;
    }

    private static void assertFollowsTheRule(List<Block> blocks, int times) {
        AddressMap map = new AddressMap(times);
        List<Block> placed = new ArrayList<>();
        for (Block block : blocks) {
            long offset = lowestFree(block, placed);
            assertThat(map.take(block.size, block.first, block.last))
                    .as("%s among %d", block, placed.size())
                    .isEqualTo(offset);
            if (block.size > 0) {
                placed.add(block.at(offset));
                placed.sort(Comparator.comparingLong(Block::offset));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 9, 100})
    void anyBlocks(int times) {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<Block> blocks = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int first = random.nextInt(times);
                blocks.add(new Block(random.nextInt(10), first, first + random.nextInt(times - first), 0));
            }
            assertFollowsTheRule(blocks, times);
        }
    }

    /** Layers keep tensors until their way back, large ones first, as a recorded step has them. */
    @Test
    void layersForthAndBack() {
        int layers = 40;
        int times = 4 * layers + 1;
        Random random = new Random(3);
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            for (int run = 2 * layer; run < 2 * layer + 2; run++) {
                int back = times - 2 - run;
                blocks.add(new Block(64L * (1 + random.nextInt(4)), run, back, 0));
                blocks.add(new Block(64L * (1 + random.nextInt(4)), run, run + 1, 0));
                blocks.add(new Block(64L * (1 + random.nextInt(4)), back, back + 1, 0));
            }
        }
        blocks.add(new Block(640, 0, times - 1, 0));
        blocks.sort(Comparator.comparingLong((Block block) -> -block.size).thenComparingInt(Block::first));
        assertFollowsTheRule(blocks, times);
    }
}
