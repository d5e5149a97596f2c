package org.jelectra.text.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartWriterTest {

    @TempDir
    Path folder;

    /** No manifest with more can be read. */
    @Test
    void moreSequencesThanCanBeCountedAreRefused() throws IOException {
        ShardInfo complete = new ShardInfo("training-00000.shard", Integer.MAX_VALUE - 1, 1, 1, 1, 0);
        try (PartWriter writer = new PartWriter(
                folder,
                Part.TRAINING,
                Prepared.options(8, 0, 100),
                Prepared.WORDS.sha256(),
                List.of(complete),
                PartWriter.OpenShard.NONE)) {
            writer.write(new int[8], 5, 1);
            assertThatThrownBy(() -> writer.write(new int[8], 5, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessage(folder + ": the training text has more than 2147483647 sequences of 8 tokens; prepare"
                            + " parts of it, or take a longer --sequence-length");
            writer.finish();
            assertThat(writer.shards().get(1).sequences()).isEqualTo(1);
        }
    }
}
