package org.jelectra.text.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jelectra.text.PackedSequences;
import org.jelectra.text.TestCorpora;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PrefetcherTest {

    @TempDir
    Path folder;

    @Test
    void equalsDirectFillAndRecycles() throws IOException {
        PackedSequences sequences = TestCorpora.pack(TestCorpora.ofDocuments(folder, 4, 900, 33), 16, 1);
        BatchOptions options = new BatchOptions(3, 16);
        BatchSource direct = new BatchSource(sequences, options, MaskingOptions.standard(), TestCorpora.WORDS, 5);
        BatchSource behind = new BatchSource(sequences, options, MaskingOptions.standard(), TestCorpora.WORDS, 5);
        Batch expected = direct.newBatch();
        Set<Batch> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        try (Prefetcher prefetcher = new Prefetcher(behind, 10, 2)) {
            for (int step = 10; step < 300; step++) {
                Batch batch = prefetcher.next();
                direct.fill(step, expected);
                BatchSourceTest.assertSame(expected, batch);
                seen.add(batch);
                prefetcher.recycle(batch);
            }
        }
        assertThat(seen).hasSize(3);
    }

    @Test
    void failuresSurfaceWithTheirCause() {
        IllegalArgumentException cause = new IllegalArgumentException("broken shard");
        try (Prefetcher prefetcher = new Prefetcher(new CountingFiller(3, cause), 0, 4)) {
            for (int i = 0; i < 3; i++) {
                assertThat(prefetcher.next().step).isEqualTo(i);
            }
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(prefetcher::next)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("broken shard")
                        .hasCause(cause);
            }
        }
    }

    @Test
    void closeEndsTheThread() {
        Prefetcher prefetcher = new Prefetcher(new CountingFiller(Long.MAX_VALUE, null), 0, 2);
        prefetcher.next();
        prefetcher.close();
        prefetcher.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("jelectra-prefetch"));
        assertThatThrownBy(prefetcher::next).hasMessage("the prefetcher is closed");
    }

    @Test
    void badArguments() {
        CountingFiller filler = new CountingFiller(Long.MAX_VALUE, null);
        assertThatThrownBy(() -> new Prefetcher(filler, 0, 0)).hasMessage("batchesAhead must be at least 1, got 0");
        try (Prefetcher prefetcher = new Prefetcher(new CountingFiller(0, new IllegalStateException()), 0, 1)) {
            assertThatThrownBy(prefetcher::next).isInstanceOf(IllegalStateException.class);
            prefetcher.recycle(filler.newBatch());
            assertThatThrownBy(() -> prefetcher.recycle(filler.newBatch()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("more batches were given back than taken");
        }
    }

    private record CountingFiller(long failAt, RuntimeException failure) implements BatchFiller {

        @Override
        public void fill(long step, Batch batch) {
            if (step == failAt) {
                throw failure;
            }
            batch.step = step;
        }

        @Override
        public Batch newBatch() {
            return new Batch(1, 4, 1);
        }
    }
}
