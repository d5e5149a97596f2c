package org.jelectra.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class HeldOutSplitTest {

    @TempDir
    Path folder;

    @Test
    void holdsOutAboutTheFractionAndNeitherSideIsEmpty() throws IOException {
        int[] sizes = new int[2000];
        Arrays.fill(sizes, 3);
        TokenizedCorpus many = TestCorpora.ofDocuments(folder, 5, sizes);
        assertThat(new HeldOutSplit(many, 0.1).heldOutDocuments()).isBetween(160, 240);
        assertThat(new HeldOutSplit(many, 0).heldOut().size()).isZero();
        assertThat(new HeldOutSplit(many, 1e-9).heldOutDocuments()).isEqualTo(1);
        TokenizedCorpus two = TestCorpora.ofDocuments(folder, 5, 4, 4);
        assertThat(new HeldOutSplit(two, 0.02).heldOutDocuments()).isEqualTo(1);
        assertThat(new HeldOutSplit(two, 0.999999).heldOutDocuments()).isEqualTo(1);
    }

    @Test
    void togetherTheyAreTheCorpus() throws IOException {
        TokenizedCorpus corpus = TestCorpora.ofDocuments(folder, 5, 10, 1, 30, 7, 2, 2, 2, 9, 50);
        PackedCorpus packed = SequencePacker.pack(corpus, new PackingOptions(16, 0.3), 1);
        int[] training = SequencePackerTest.textOf(packed.training(), corpus.size());
        int[] heldOut = SequencePackerTest.textOf(packed.heldOut(), corpus.size());
        int[] all = new int[training.length + heldOut.length];
        System.arraycopy(training, 0, all, 0, training.length);
        System.arraycopy(heldOut, 0, all, training.length, heldOut.length);
        Arrays.sort(all);
        assertThat(heldOut).isNotEmpty();
        assertThat(all).hasSize(corpus.size());
        for (int i = 0; i < all.length; i++) {
            assertThat(all[i]).isEqualTo(5 + i);
        }
    }

    @Test
    void endOfASingleDocument() throws IOException {
        TokenizedCorpus lines = TestCorpora.ofDocuments(folder, 7, 700);
        HeldOutSplit split = new HeldOutSplit(lines, 0.02);
        assertThat(split.heldOut().toArray()).containsExactly(686, 700);
        assertThat(split.training().toArray()).containsExactly(0, 686);
        assertThat(split.heldOutDocuments()).isZero();
        TokenizedCorpus oneLine = TestCorpora.ofDocuments(folder, 1000, 100);
        assertThat(new HeldOutSplit(oneLine, 0.02).heldOut().toArray()).containsExactly(98, 100);
        TokenizedCorpus farLineEnd = TestCorpora.ofDocuments(folder, 60, 100);
        assertThat(new HeldOutSplit(farLineEnd, 0.02).heldOut().toArray()).containsExactly(98, 100);
        TokenizedCorpus single = TestCorpora.ofDocuments(folder, 1, 1);
        assertThat(new HeldOutSplit(single, 0.5).training().toArray()).containsExactly(0, 1);
        assertThat(new HeldOutSplit(single, 0.5).heldOut().size()).isZero();
        assertThat(new HeldOutSplit(oneLine, 0).training().toArray()).containsExactly(0, 100);
    }
}
