package org.jelectra.text.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jelectra.io.DirectoryLock;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.TextProgress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class PreparationTest {

    @TempDir
    Path folder;

    private Path directory;

    private ShardManifest prepare(String text, PrepareOptions options) throws IOException {
        directory = Files.createTempDirectory(folder, "shards");
        return Prepared.run(Prepared.corpus(folder, text), directory, options);
    }

    @Test
    void everyTokenIsKept() throws IOException {
        ShardManifest manifest = prepare(Prepared.documents(3, 200, 100), Prepared.options(32, 0.1, 20));
        assertThat(manifest.counts().droppedTokens()).isZero();
        assertThat(manifest.training().tokens() + manifest.heldOut().tokens())
                .isEqualTo(manifest.counts().tokens());
        assertThat(manifest.training().documents() + manifest.heldOut().documents())
                .isEqualTo(200);
        assertThat(manifest.training().shards()).hasSizeGreaterThan(5);
        assertThat(ShardManifest.read(directory)).isEqualTo(manifest);
        assertThat(directory).isDirectoryNotContaining("glob:**/*.{json.tmp,tmp}");
        assertThat(directory.resolve("resume.json")).doesNotExist();
    }

    @Test
    void theNumberOfThreadsDoesNotCount() throws IOException {
        PackingOptions packing = PackingOptions.ofLength(64);
        Path one = folder.resolve("one");
        Path five = folder.resolve("five");
        for (Path path : List.of(one, five)) {
            Prepared.run(
                    Corpus.sample(),
                    path,
                    PrepareOptions.of(
                            Vocabulary.bertUncased(), WordPieceOptions.uncased(), packing, path == one ? 1 : 5));
        }
        assertThat(Prepared.content(five)).isEqualTo(Prepared.content(one)).hasSize(4);
    }

    /** A corpus may have millions of files, and a manifest is read whole. */
    @Test
    void whatIsWrittenDoesNotGrowWithTheNumberOfFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "w1 w2 w3\n");
        directory = folder.resolve("shards");
        Path resume = directory.resolve("resume.json");
        List<Integer> notes = new ArrayList<>();
        PrepareListener listener = new PrepareListener() {
            @Override
            public void onProgress(TextProgress progress) {
                try {
                    notes.add(Files.readString(resume).length());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        Corpus corpus = Corpus.open(Collections.nCopies(2000, file));
        Preparation.run(corpus, directory, Prepared.options(32, 0, 100), listener);

        assertThat(Files.size(directory.resolve("manifest.json"))).isLessThan(10_000);
        // the beginning of a sequence, and of a document, waits there too
        assertThat(notes).isNotEmpty().allMatch(size -> size < 10_000);
    }

    @Test
    void nearDuplicatesAreCountedAndDroppedIfAskedFor() throws IOException {
        Random random = new Random(1);
        String original = Prepared.document(random, 300, 12);
        String changed = original.replaceFirst("w\\d+ ", "w1 ");
        String other = Prepared.document(random, 300, 12);
        String text = original + other + changed + other + "w1 w2\n\nw1 w2\n\nw2 w1\n\n";

        PreparedCounts kept = prepare(text, Prepared.options(32, 0, 100)).counts();
        assertThat(kept.documents()).isEqualTo(7);
        assertThat(kept.duplicateDocuments()).isEqualTo(3);
        assertThat(kept.droppedDuplicates()).isZero();
        assertThat(kept.keptTokens()).isEqualTo(1206);

        ShardManifest dropped = prepare(text, Prepared.options(32, 0, 100).withDropping(1, true));
        assertThat(dropped.counts().duplicateDocuments()).isEqualTo(3);
        assertThat(dropped.counts().droppedDuplicates()).isEqualTo(3);
        assertThat(dropped.counts().droppedTokens()).isEqualTo(602);
        assertThat(dropped.training().tokens()).isEqualTo(604);
        assertThat(dropped.training().documents()).isEqualTo(4);
    }

    @Test
    void emptyAndShortDocumentsAreCounted() throws IOException {
        Path file = Files.writeString(
                folder.resolve("a.jsonl"),
                "{\"text\": \"\"}\n{\"text\": \"w1\"}\n{\"text\": \"\\u200b\"}\n{\"text\": \"w1 w2 w3\"}\n");
        directory = folder.resolve("shards");
        PreparedCounts counts = Prepared.run(
                        Corpus.open(List.of(file)),
                        directory,
                        Prepared.options(16, 0, 100).withDropping(2, false))
                .counts();
        assertThat(counts.documents()).isEqualTo(4);
        assertThat(counts.emptyDocuments()).isEqualTo(2);
        assertThat(counts.shortDocuments()).isEqualTo(1);
        assertThat(counts.droppedTokens()).isEqualTo(1);
        assertThat(counts.keptTokens()).isEqualTo(3);
        assertThat(counts.textBytes()).isEqualTo(Files.size(file));
    }

    /** Not all of its tokens are there when it is decided on. */
    @Test
    void aDocumentOfSeveralStretchesIsNeverShort() throws IOException {
        PreparedCounts counts = prepare(
                        "w1\n".repeat(40_000) + "\n" + "w2 ".repeat(15_000),
                        heldOut(0).withDropping(20_000, false))
                .counts();
        assertThat(counts.shortDocuments()).isEqualTo(1);
        assertThat(counts.keptTokens()).isEqualTo(40_000);
    }

    @Test
    void neitherSideIsEmpty() throws IOException {
        ShardManifest fewHeld = prepare("w1 w2\n\nw3 w4\n\nw5 w6", heldOut(1e-9));
        assertThat(fewHeld.heldOut().documents()).isEqualTo(1);
        assertThat(fewHeld.training().documents()).isEqualTo(2);
        ShardManifest manyHeld = prepare("w1 w2\n\nw3 w4\n\nw5 w6", heldOut(0.999999999));
        assertThat(manyHeld.training().documents()).isEqualTo(1);
        assertThat(manyHeld.heldOut().documents()).isEqualTo(2);
    }

    @Test
    void theEndOfASingleDocumentIsHeldOut() throws IOException {
        String text = "w1 w2 w3 w4 w5\n".repeat(100);
        ShardManifest manifest = prepare(text, Prepared.options(32, 0.02, 10));
        assertThat(manifest.heldOut().tokens()).isEqualTo(10);
        assertThat(manifest.training().tokens()).isEqualTo(490);
        assertThat(manifest.training().documents()).isEqualTo(1);
        assertThat(manifest.heldOut().documents()).isZero();

        ShardManifest oneLine = prepare("w1 ".repeat(1000), Prepared.options(32, 0.1, 10));
        assertThat(oneLine.heldOut().tokens()).isEqualTo(50);
        ShardManifest oneToken = prepare("w1", Prepared.options(32, 0.1, 10));
        assertThat(oneToken.training().tokens()).isEqualTo(1);
        assertThat(oneToken.heldOut().shards()).isEmpty();
        assertThat(prepare("w1", Prepared.options(32, 0.99, 10)).heldOut().shards())
                .isEmpty();
        assertThat(ShardManifest.read(directory).training().tokens()).isEqualTo(1);
    }

    @Test
    void aHugeDocumentAndAHugeLineAreKept() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 400_000; i++) {
            text.append('w').append(i % 995).append(' ');
        }
        text.append('\n');
        for (int i = 0; i < 300_000; i++) {
            text.append('w').append(i % 995).append('\n');
        }
        ShardManifest manifest = prepare(text.toString(), heldOut(0));
        assertThat(manifest.training().tokens()).isEqualTo(700_000);
        PackedCorpus packed =
                ShardedCorpus.open(directory, ShardedCorpus.Check.CHECKSUMS).packed();
        int[] ids = new int[32];
        int next = 0;
        int wrong = 0;
        for (int s = 0; s < packed.training().size(); s++) {
            int length = packed.training().copy(s, ids, new int[32], 0);
            for (int i = 0; i < length; i++) {
                if (ids[i] >= 5) {
                    int place = next < 400_000 ? next : next - 400_000;
                    wrong += ids[i] == 5 + place % 995 ? 0 : 1;
                    next++;
                }
            }
        }
        assertThat(next).isEqualTo(700_000);
        assertThat(wrong).isZero();
    }

    @Test
    void badInput() throws IOException {
        assertThatThrownBy(() -> prepare(" \n\n", heldOut(0))).hasMessageContaining("no text in ");
        assertThatThrownBy(() -> prepare("\uE000\n", heldOut(0)))
                .hasMessageMatching("corpus: the text of .* has no token");
        Path blank = Files.writeString(folder.resolve("blank.txt"), "\uE000\n");
        assertThatThrownBy(() -> Prepared.run(
                        Corpus.open(List.of(blank, blank)), Files.createTempDirectory(folder, "blank"), heldOut(0)))
                .hasMessage("corpus: the text of 2 files from " + blank + " on has no token");
        assertThatThrownBy(() -> prepare("w1\n\nw2\n", heldOut(0).withDropping(5, false)))
                .hasMessage(
                        "corpus: none of the 2 documents is kept: all have fewer than 5 tokens; lower --min-tokens");
        assertThatThrownBy(() -> heldOut(0).withShards(0, 1))
                .hasMessage("the number of sequences per shard must be positive, got 0");
        assertThatThrownBy(() -> heldOut(0).withShards(Integer.MAX_VALUE, 1))
                .hasMessageStartingWith("a shard must stay below 2 GiB, got ");
        assertThatThrownBy(() -> heldOut(0).withShardBytes(Double.NaN)).hasMessageContaining("got NaN bytes");
        assertThatThrownBy(() -> heldOut(0).withDropping(0, false))
                .hasMessage("the least number of tokens must be positive, got 0");
    }

    @Test
    void aDirectoryThatHoldsSomethingElseIsLeftAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Corpus corpus = Prepared.corpus(folder, "w1");
        assertThatThrownBy(() -> Prepared.run(corpus, file, heldOut(0)))
                .hasMessage(file + ": expected a directory for the output, found a file");
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> Prepared.run(corpus, other, heldOut(0)))
                .hasMessage(other + ": expected an empty directory, found notes.txt; choose another --output");
        Path done = folder.resolve("done");
        Prepared.run(corpus, done, heldOut(0));
        var before = Prepared.content(done);
        assertThatThrownBy(() -> Prepared.run(corpus, done, heldOut(0)))
                .hasMessage(done + " is prepared already (manifest.json): train on it, or choose another --output");
        assertThat(Prepared.content(done)).isEqualTo(before);
    }

    @Test
    void aSecondWriterIsRefused() throws IOException {
        Path path = Files.createDirectory(folder.resolve("shards"));
        Corpus corpus = Prepared.corpus(folder, "w1 w2");
        try (DirectoryLock lock = DirectoryLock.acquire(path)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> Prepared.run(corpus, path, heldOut(0)))
                    .hasMessage(path
                            + ": another run writes there (this process); wait for it or stop it, or choose another"
                            + " directory");
            assertThat(Prepared.content(path)).isEmpty();
        }
        assertThat(Prepared.run(corpus, path, heldOut(0)).training().tokens()).isEqualTo(2);
    }

    /** Options of which only the held-out share matters. */
    private static PrepareOptions heldOut(double fraction) {
        return Prepared.options(32, fraction, 10_000);
    }
}
