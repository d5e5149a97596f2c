package org.jelectra.text.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jelectra.text.corpus.Corpus;
import org.jelectra.text.corpus.TextProgress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interruptions within the process, at every block; for killed processes see {@code PrepareKillTest}. */
class PreparationResumeTest {

    /** Stops at the n-th block. */
    private static final class Interrupter implements PrepareListener {
        private int left;
        private final List<String> messages = new ArrayList<>();
        private TextProgress first;

        Interrupter(int blocks) {
            left = blocks;
        }

        @Override
        public void onProgress(TextProgress progress) {
            first = first == null ? progress : first;
            if (--left == 0) {
                throw new UncheckedIOException(new IOException("interrupted"));
            }
        }

        @Override
        public void onMessage(String message) {
            messages.add(message);
        }
    }

    @TempDir
    Path folder;

    private Corpus corpus;
    private PrepareOptions options;
    private Map<String, String> expected;

    @BeforeEach
    void prepareWithoutInterruption() throws IOException {
        Random random = new Random(4);
        StringBuilder text = new StringBuilder(Prepared.documents(2, 1500, 300));
        text.append(Prepared.document(random, 150_000, 12));
        text.append("w3 ".repeat(200_000)).append("\n\n");
        text.append(text, 0, 400_000);
        Path plain = Files.writeString(folder.resolve("a.txt"), text);
        Path json = Files.writeString(
                folder.resolve("b.jsonl"),
                "{\"text\": \"w1 w2\"}\n{\"text\": \"" + "w5 w6 w7 ".repeat(60_000) + "\"}\n{\"text\": \"w9\"}\n");
        corpus = Corpus.open(List.of(plain, json, plain));
        options = Prepared.options(64, 0.1, 900).withDropping(2, true);
        Path directory = folder.resolve("expected");
        ShardManifest manifest = Prepared.run(corpus, directory, options);
        assertThat(manifest.counts().droppedDuplicates()).isGreaterThan(1500);
        expected = Prepared.content(directory);
        assertThat(expected).hasSizeGreaterThan(8);
    }

    @Test
    void anInterruptionAnywhereChangesNothing() throws IOException {
        int interruptions = 0;
        for (int block = 1; ; block++) {
            Path directory = folder.resolve("interrupted-" + block);
            Interrupter interrupter = new Interrupter(block);
            try {
                Preparation.run(corpus, directory, options, interrupter);
                break;
            } catch (UncheckedIOException e) {
                interruptions++;
                assertThat(directory.resolve("manifest.json")).doesNotExist();
            }
            Interrupter second = new Interrupter(Integer.MAX_VALUE);
            Preparation.run(corpus, directory, options, second);
            assertThat(second.messages).singleElement().asString().startsWith("goes on after ");
            assertThat(Prepared.content(directory))
                    .as("interrupted at block %d", block)
                    .isEqualTo(expected);
        }
        assertThat(interruptions).isGreaterThan(15);
    }

    @Test
    void manyInterruptionsChangeNothing() throws IOException {
        Path directory = folder.resolve("shards");
        int interruptions = 0;
        Random random = new Random(8);
        while (!ShardManifest.isIn(directory)) {
            try {
                Preparation.run(corpus, directory, options, new Interrupter(2 + random.nextInt(3)));
            } catch (UncheckedIOException e) {
                interruptions++;
            }
        }
        assertThat(interruptions).isGreaterThan(5);
        assertThat(Prepared.content(directory)).isEqualTo(expected);
    }

    /** It would make the rest look as quick as the skipping. */
    @Test
    void whatIsSkippedWithinAFileIsNoWorkOfThisProcess() throws IOException {
        Path directory = folder.resolve("within");
        Interrupter before = new Interrupter(3);
        assertThatThrownBy(() -> Preparation.run(corpus, directory, options, before))
                .hasMessageContaining("interrupted");
        assertThat(before.first.startBytes()).isZero();
        Interrupter after = new Interrupter(Integer.MAX_VALUE);
        Preparation.run(corpus, directory, options, after);
        TextProgress progress = after.first;
        assertThat(progress.startBytes()).isGreaterThanOrEqualTo(before.first.bytesRead() / 2);
        assertThat(progress.bytesRead() - progress.startBytes()).isLessThan(2 * before.first.bytesRead());
        assertThat(progress.remainingSeconds()).isBetween(0.0, 600.0);
    }

    @Test
    void completeShardsAreKept() throws IOException {
        Path directory = interrupted(12);
        Path shard = directory.resolve("training-00000.shard");
        FileTime time = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(shard, time);
        // what SIGKILL leaves
        Path half = Files.writeString(directory.resolve(".resume.json." + UUID.randomUUID() + ".tmp"), "{");
        Prepared.run(corpus, directory, options);
        assertThat(half).doesNotExist();
        assertThat(Files.getLastModifiedTime(shard)).isEqualTo(time);
        assertThat(Prepared.content(directory)).isEqualTo(expected);
    }

    /** As a process leaves it that is killed after it wrote the manifest. */
    @Test
    void whatIsLeftAtTheVeryEndIsCleared() throws IOException {
        Path directory = finishedButNotCleared();
        ShardedCorpus.open(directory, ShardedCorpus.Check.CHECKSUMS);
        Interrupter listener = new Interrupter(1);
        ShardManifest manifest = Preparation.run(corpus, directory, options, listener);

        assertThat(manifest).isEqualTo(ShardManifest.read(directory));
        assertThat(listener.messages).containsExactly("was interrupted at its very end: nothing is left to do");
        assertThat(Prepared.content(directory)).isEqualTo(expected);

        Path other = finishedButNotCleared();
        assertThatThrownBy(() -> Prepared.run(corpus, other, options.withSeed(2)))
                .hasMessageStartingWith(other + " is prepared already (manifest.json)");
        assertThat(Prepared.content(other)).isEqualTo(expected);
    }

    private Path finishedButNotCleared() throws IOException {
        Path directory = interrupted(12);
        byte[] point = Files.readAllBytes(directory.resolve("resume.json"));
        byte[] log = Files.readAllBytes(directory.resolve("signatures.tmp"));
        Prepared.run(corpus, directory, options);
        Files.write(directory.resolve("resume.json"), point);
        Files.write(directory.resolve("signatures.tmp"), log);
        return directory;
    }

    @Test
    void damageBetweenTheRunsIsFound() throws IOException {
        Path flipped = interrupted(12);
        Path shard = flipped.resolve("training-00000.shard");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[5000] ^= 4;
        Files.write(shard, bytes);
        assertThatThrownBy(() -> Prepared.run(corpus, flipped, options))
                .hasMessageStartingWith(shard + ": damaged: the checksum of its rows is ");

        Path cut = interrupted(12);
        Path open = cut.resolve("held-out-00000.shard");
        Files.write(open, new byte[200]);
        assertThatThrownBy(() -> Prepared.run(corpus, cut, options))
                .hasMessageStartingWith(open + ": not as the interrupted preparation left it");

        Path log = interrupted(12);
        Files.write(log.resolve("signatures.tmp"), new byte[100]);
        assertThatThrownBy(() -> Prepared.run(corpus, log, options)).hasMessageContaining("signatures.tmp: truncated");

        Path point = interrupted(12);
        Path resume = point.resolve("resume.json");
        // of a jelectra with another layout
        Files.writeString(resume, Files.readString(resume).replace("\"version\": 2", "\"version\": 1"));
        assertThatThrownBy(() -> Prepared.run(corpus, point, options))
                .hasMessageContaining(resume + ": ")
                .hasMessageContaining("\"version\"")
                .hasMessageEndingWith("; delete " + point + " and prepare again");
        Files.writeString(resume, "{}");
        assertThatThrownBy(() -> Prepared.run(corpus, point, options))
                .hasMessage(resume + ": the field \"format\" is missing; delete " + point + " and prepare again");
    }

    @Test
    void otherSettingsOrInputsAreRefused() throws IOException {
        Path directory = interrupted(5);
        assertThat(directory.resolve("training-00000.shard")).exists();
        assertThatThrownBy(() -> Prepared.run(corpus, directory, options.withSeed(2)))
                .hasMessage(directory + ": an interrupted preparation is there, with other settings or inputs (seed was"
                        + " \"1\", now \"2\"); repeat its command to go on, choose another --output, or delete "
                        + directory + " to begin anew");
        Files.writeString(folder.resolve("b.jsonl"), "{\"text\": \"w1\"}\n");
        Corpus changed = Corpus.open(corpus.sources().stream().map(Path::of).toList());
        assertThatThrownBy(() -> Prepared.run(changed, directory, options))
                .hasMessageContaining("with other settings or inputs (inputs was {\"files\":3,\"bytes\":");
    }

    @Test
    void aFileThatWasChangedToTheSameSizeIsRefused() throws IOException {
        Path directory = interrupted(5);
        Path file = folder.resolve("b.jsonl");
        Instant latest = corpus.inputTimes().latest();
        Files.writeString(file, Files.readString(file).replace("w9", "w8"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2100-01-02T03:04:05Z")));
        Corpus changed = Corpus.open(corpus.sources().stream().map(Path::of).toList());
        assertThatThrownBy(() -> Prepared.run(changed, directory, options))
                .hasMessageContaining(
                        "with other settings or inputs (a file was changed, and has its size still, latest at \""
                                + latest
                                + "\", now \"2100-01-02T03:04:05Z\"); set the files' times back if nothing else of them has"
                                + " changed, choose another --output, or delete " + directory + " to begin anew");
        assertThatThrownBy(() -> Prepared.run(changed, directory, options.withSeed(2)))
                .hasMessageContaining("(a file was changed")
                .hasMessageContaining("); repeat its command to go on, ");
        // other times, of which the latest is the same
        for (String source : corpus.sources()) {
            Files.setLastModifiedTime(Path.of(source), FileTime.from(latest));
        }
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2000-01-02T03:04:05Z")));
        Corpus older = Corpus.open(corpus.sources().stream().map(Path::of).toList());
        assertThatThrownBy(() -> Prepared.run(older, directory, options))
                .hasMessageContaining(
                        "with other settings or inputs (a file was changed, and has its size still); set ");
    }

    /** The same files, from the working directory and by absolute paths; and names that stayed while all was moved. */
    @Test
    void howTheFilesAreNamedDoesNotCount() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        List<Path> relative = corpus.sources().stream()
                .map(name -> here.relativize(Path.of(name)))
                .toList();
        Path directory = interrupted(5);
        Interrupter second = new Interrupter(Integer.MAX_VALUE);
        Preparation.run(Corpus.open(relative), directory, options, second);
        assertThat(second.messages).singleElement().asString().startsWith("goes on after ");

        Path moved = interrupted(5);
        ResumePoint point = ResumePoint.read(moved);
        JsonObject settings = point.settings();
        assertThat(settings.get("input_places").getAsString())
                .isEqualTo(Corpus.open(relative).placesSha256());
        settings.addProperty("input_places", "elsewhere");
        point.write(moved);
        Prepared.run(corpus, moved, options);
        assertThat(Prepared.content(moved)).isEqualTo(expected);
    }

    @Test
    void withoutACompleteShardOtherSettingsBeginAnew() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("corrected"));
        Path text = Files.write(folder.resolve("c.txt"), new byte[] {'w', '1', '\n', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> Prepared.run(Corpus.open(List.of(text)), directory, options))
                .hasMessageContaining("not valid UTF-8");
        Files.writeString(directory.resolve("held-out-00007.shard"), "unfinished");

        Files.writeString(text, Prepared.documents(2, 20, 30));
        Interrupter listener = new Interrupter(Integer.MAX_VALUE);
        Preparation.run(Corpus.open(List.of(text)), directory, options.withSeed(2), listener);

        assertThat(listener.messages.get(0))
                .startsWith("begins anew: ")
                .contains("inputs was {\"files\":1,\"bytes\":5,\"first\":\"" + text + "\",");
        Path direct = folder.resolve("direct");
        Prepared.run(Corpus.open(List.of(text)), direct, options.withSeed(2));
        assertThat(Prepared.content(directory)).isEqualTo(Prepared.content(direct));
    }

    @Test
    void aDirectoryThatIsNotCompleteIsNotTrainedOn() throws IOException {
        Path directory = interrupted(5);
        assertThatThrownBy(() -> ShardedCorpus.open(directory, ShardedCorpus.Check.SIZES))
                .hasMessage(
                        directory + ": its preparation has not ended; run the same 'jelectra prepare' again to go on");
    }

    private Path interrupted(int block) throws IOException {
        Path directory = Files.createTempDirectory(folder, "interrupted");
        assertThatThrownBy(() -> Preparation.run(corpus, directory, options, new Interrupter(block)))
                .isInstanceOf(UncheckedIOException.class);
        return directory;
    }
}
