package org.jelectra.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cpu.CpuBackend;
import org.jelectra.io.FullChannel;
import org.jelectra.io.SnapshotWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {

    @TempDir
    Path directory;

    private final Backend backend = CpuBackend.create(1);
    private Pretrainer pretrainer;
    private SnapshotFolder folder;

    @BeforeEach
    void makeRun() throws IOException {
        folder = new SnapshotFolder(directory);
        pretrainer = newPretrainer();
    }

    private Pretrainer newPretrainer() throws IOException {
        return new Pretrainer(
                backend, SmallRun.settings(1).withSteps(32), SmallText.pack(directory, 1), SmallRun.vocabulary());
    }

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    private Snapshots snapshots(SnapshotPolicy policy) throws IOException {
        return new Snapshots(folder, policy, pretrainer, null);
    }

    @Test
    void milestonesAreAlwaysWrittenAndKept() throws IOException {
        pretrainer.run(snapshots(new SnapshotPolicy(0, 0, 1)));
        assertThat(folder.steps()).containsExactly(2, 4, 8, 16, 32);
    }

    @Test
    void theLatestAreKeptBesidesTheMilestones() throws IOException {
        pretrainer.run(snapshots(new SnapshotPolicy(3, 0, 3)));
        assertThat(folder.steps()).containsExactly(2, 4, 8, 16, 27, 30, 32);
    }

    @Test
    void alsoByTheClock() throws IOException {
        AtomicLong now = new AtomicLong();
        List<Integer> written = new ArrayList<>();
        Snapshots snapshots = new Snapshots(folder, new SnapshotPolicy(0, 2, 1), pretrainer, null, now::get);
        PretrainListener minutePerStep = new PretrainListener() {
            @Override
            public void onStep(int step) throws IOException {
                now.addAndGet(TimeUnit.MINUTES.toNanos(1));
                snapshots.onStep(step);
                if (Files.exists(folder.file(step))) {
                    written.add(step);
                }
            }
        };
        pretrainer.run(minutePerStep);
        // two minutes after each, be it a milestone
        assertThat(written).startsWith(2, 4, 6, 8, 10, 12, 14, 16, 18).hasSize(16);
    }

    @Test
    void theEndOfARunIsWrittenWhereverItIs() throws IOException {
        Snapshots snapshots = snapshots(new SnapshotPolicy(0, 0, 1));
        PretrainListener end = new PretrainListener() {
            @Override
            public boolean endsAfter(int step) {
                return step == 7;
            }
        };
        pretrainer.run(new PretrainListeners(List.of(snapshots, end)));
        assertThat(folder.steps()).containsExactly(2, 4, 7);
    }

    @Test
    void anInterruptedThreadEndsTheRunAfterItsStep() throws IOException {
        PretrainListener interrupter = new PretrainListener() {
            @Override
            public boolean endsAfter(int step) {
                if (step == 7) {
                    Thread.currentThread().interrupt();
                }
                return false;
            }
        };
        pretrainer.run(new PretrainListeners(List.of(snapshots(new SnapshotPolicy(0, 0, 1)), interrupter)));
        assertThat(Thread.interrupted()).as("the caller knows of it").isTrue();
        assertThat(pretrainer.step()).isEqualTo(7);
        assertThat(folder.steps()).containsExactly(2, 4, 7);
    }

    @Test
    void aDamagedSnapshotIsSetAsideAndTheOneBeforeItUsed() throws IOException {
        pretrainer.run(snapshots(new SnapshotPolicy(0, 0, 2)));
        Path torn = folder.file(32);
        Files.write(torn, new byte[500]);
        byte[] flipped = Files.readAllBytes(folder.file(16));
        flipped[flipped.length / 2] ^= 4;
        Files.write(folder.file(16), flipped);
        Path leftover = Files.writeString(
                torn.resolveSibling(".step-000000033.snapshot." + UUID.randomUUID() + ".tmp"), "half");
        List<String> messages = new ArrayList<>();

        try (Snapshot snapshot = folder.openLatest(messages::add).orElseThrow()) {
            assertThat(snapshot.step()).isEqualTo(8);
        }

        assertThat(messages).hasSize(2);
        assertThat(messages.get(0))
                .startsWith(torn.toString())
                .contains("it is now step-000000032.snapshot.damaged, and the one of step 16 is tried");
        assertThat(messages.get(1)).contains("damaged (torn or changed)", "the one of step 8 is tried");
        assertThat(folder.steps()).containsExactly(2, 4, 8);
        assertThat(leftover).doesNotExist();
    }

    @Test
    void withoutAGoodOneThereIsAnErrorAndWithoutAnyNothing() throws IOException {
        assertThat(folder.openLatest(message -> {})).isEqualTo(Optional.empty());
        folder.write(pretrainer);
        Files.write(folder.file(0), new byte[3]);
        assertThatIOException()
                .isThrownBy(() -> folder.openLatest(message -> {}))
                .withMessageContaining("none of the 1 snapshots can be used");
    }

    @Test
    void whatWasSetAsideIsASnapshotToo() throws IOException {
        assertThat(folder.hasAny()).isFalse();
        folder.write(pretrainer);
        assertThat(folder.hasAny()).isTrue();
        Files.write(folder.file(0), new byte[3]);
        for (int time = 1; time <= 2; time++) {
            assertThatIOException()
                    .isThrownBy(() -> folder.openLatest(message -> {}))
                    .withMessageContaining("none of the 1 snapshots can be used");
            assertThat(folder.steps()).isEmpty();
            assertThat(folder.hasAny()).isTrue();
        }
    }

    @Test
    void aSnapshotOfAnotherVersionIsLeftAsItIs() throws IOException {
        folder.write(pretrainer);
        JsonObject content = new JsonObject();
        content.addProperty("version", 1);
        SnapshotWriter.write(folder.file(5), content, List.of());

        assertThatIOException()
                .isThrownBy(() -> folder.openLatest(message -> {}))
                .withMessage(
                        folder.file(5) + ": expected the content of a snapshot in version 2, found 1; use the jelectra"
                                + " that wrote it");

        assertThat(folder.steps()).containsExactly(0, 5);
    }

    @Test
    void aSnapshotThatCannotBeReadIsLeftAsItIs() throws IOException {
        folder.write(pretrainer);
        Files.createDirectory(folder.file(5));

        assertThatIOException()
                .isThrownBy(() -> folder.openLatest(message -> {}))
                .withMessageStartingWith(folder.file(5).toString());

        assertThat(folder.steps()).containsExactly(0, 5);
    }

    @Test
    void whereRoomIsNotTheReasonNoneIsAskedFor() throws IOException {
        Files.writeString(directory.resolve("snapshots"), "in the way");

        assertThatIOException()
                .isThrownBy(() -> pretrainer.run(
                        new Snapshots(new SnapshotFolder(directory), new SnapshotPolicy(5, 0, 2), pretrainer, null)))
                .withMessageStartingWith("the snapshot of step 2 could not be written (")
                .withMessageEndingWith("). There is no earlier one");
    }

    @Test
    void aFullDiskStopsTheRunAndLosesNothing() throws IOException {
        long[] room = {Long.MAX_VALUE};
        folder = new SnapshotFolder(
                directory, channel -> room[0] == Long.MAX_VALUE ? channel : new FullChannel(room[0]));
        Snapshots snapshots = snapshots(new SnapshotPolicy(5, 0, 2));
        PretrainListener fills = new PretrainListener() {
            @Override
            public void onStep(int step) {
                room[0] = step < 20 ? Long.MAX_VALUE : 10_000;
            }
        };

        assertThatIOException()
                .isThrownBy(() -> pretrainer.run(new PretrainListeners(List.of(fills, snapshots))))
                .withMessageContaining("the snapshot of step 20 could not be written (" + folder.file(20)
                        + ": No space left on device); make room. The one of step 16 is whole");

        assertThat(folder.steps()).containsExactly(2, 4, 8, 15, 16);
        Pretrainer resumed = newPretrainer();
        try (Snapshot snapshot = folder.openLatest(message -> {}).orElseThrow()) {
            snapshot.restore(resumed);
        }
        resumed.run(PretrainListener.NONE);
        Pretrainer whole = newPretrainer();
        whole.run(PretrainListener.NONE);
        assertThat(SmallRun.read(backend, resumed.model().parameters().values()))
                .isEqualTo(SmallRun.read(backend, whole.model().parameters().values()));
    }

    @Test
    void policiesThatMakeNoSenseAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SnapshotPolicy(0, 0, 0))
                .withMessageContaining("at least one snapshot must be kept, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SnapshotPolicy(-1, 0, 1))
                .withMessageContaining("must not be negative, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SnapshotPolicy(0, Double.NaN, 1))
                .withMessageContaining("NaN");
    }
}
