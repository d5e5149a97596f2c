package org.jelectra.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.jelectra.gpu.DeviceMemory;
import org.jelectra.gpu.LaunchShape;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The last block of a launch adds what all have found: each step of the way from one block to another is missed where it is missing. */
class BlockOrderTest {

    private static final int BLOCKS = 3;
    private static final LaunchShape SHAPE = LaunchShape.of(BLOCKS, 64);

    private static final String PUBLISH = "@%p0 st.relaxed.gpu.global.u32 [%rd3], %r3;\n";
    private static final String FENCE_BEFORE = "@%p0 membar.gl;\n";
    private static final String COUNT = "@%p0 atom.global.inc.u32 %r4, [%rd1], %r2;\n";
    private static final String FENCE_BEHIND = "@%p0 membar.sys;\n";
    private static final String TELL = "@%p0 st.shared.u32 [last], %r4;\nbar.sync 0;\nld.shared.u32 %r4, [last];\n";
    private static final String LEAVE = "setp.ne.u32 %p1, %r4, %r2;\n@%p1 ret;\n";
    private static final String PROTOCOL = PUBLISH + FENCE_BEFORE + COUNT + FENCE_BEHIND + TELL + LEAVE;

    @AutoClose
    private final SimulatorBench bench = SimulatorBench.checked();

    /**
     * Thread 0 of block b (p0) publishes b + 1 at word b of p0 and counts at p1; then threads below BLOCKS of the last block write words
     * of p0 to p2.
     */
    private static String kernel(String protocol) {
        return SimulatorBench.source(3, """
                .reg .pred %p<4>;
                .reg .b32 %r<8>;
                .reg .b64 %rd<8>;
                .shared .align 4 .b8 last[4];
                mov.u32 %r0, %tid.x;
                mov.u32 %r1, %ctaid.x;
                mov.u32 %r2, %nctaid.x;
                sub.u32 %r2, %r2, 1;
                add.u32 %r3, %r1, 1;
                ld.param.u64 %rd0, [p0];
                ld.param.u64 %rd1, [p1];
                ld.param.u64 %rd2, [p2];
                mul.wide.u32 %rd4, %r1, 4;
                add.s64 %rd3, %rd0, %rd4;
                mul.wide.u32 %rd4, %r0, 4;
                add.s64 %rd5, %rd0, %rd4;
                add.s64 %rd6, %rd2, %rd4;
                setp.eq.u32 %p0, %r0, 0;
                """ + protocol + """
                setp.ge.u32 %p1, %r0, 3;
                @%p1 ret;
                ld.relaxed.gpu.global.u32 %r5, [%rd5];
                st.global.u32 [%rd6], %r5;
                ret;
                """);
    }

    private static final String READ = "ld.relaxed.gpu.global.u32 %r5, [%rd5]";

    private static int[] run(SimulatorOptions options, String protocol) {
        try (SimulatorBench bench = new SimulatorBench(options)) {
            DeviceMemory counter = bench.ints(0);
            DeviceMemory out = bench.ints(new int[BLOCKS]);
            DeviceMemory parts = bench.ints(new int[BLOCKS + 1]);
            for (int launch = 0; launch < 2; launch++) {
                bench.run(kernel(protocol), SHAPE, parts, counter, out);
                assertThat(bench.ints(counter)).containsExactly(0);
            }
            return bench.ints(out);
        }
    }

    private KernelFault.Report fault(String protocol) {
        return bench.fault(
                kernel(protocol), SHAPE, bench.ints(new int[BLOCKS]), bench.ints(0), bench.ints(new int[BLOCKS]));
    }

    private void isMissed(String protocol) {
        KernelFault.Report report = fault(protocol);
        assertThat(report.kind()).isEqualTo(FaultKind.UNPUBLISHED);
        assertThat(report.statement()).contains(READ);
        assertThat(report.block().x()).isEqualTo(BLOCKS - 1);
        assertThat(report.details()).containsPattern("block number [01] wrote; behind the write a fence of the device");
    }

    @ParameterizedTest
    @ValueSource(strings = {"membar.gl", "fence.acq_rel.gpu", "fence.sc.sys"})
    void theLastBlockReadsWhatAllHaveWritten(String fence) {
        String protocol = PROTOCOL.replace("membar.gl", fence);
        assertThat(run(SimulatorOptions.defaults().withRaces(true), protocol)).containsExactly(1, 2, 3);
        assertThat(run(SimulatorOptions.defaults().withRaces(false), protocol)).containsExactly(1, 2, 3);
    }

    @Test
    void atomicOperationsThatAcquireAndReleaseNeedNoFences() {
        String protocol = PUBLISH + COUNT.replace("atom.global", "atom.acq_rel.gpu.global") + TELL + LEAVE;
        assertThat(run(SimulatorOptions.defaults().withRaces(true), protocol)).containsExactly(1, 2, 3);
    }

    @Test
    void whatAcquiresDoesNotRelease() {
        String acquire = COUNT.replace("atom.global", "atom.acquire.gpu.global");
        assertThat(run(SimulatorOptions.defaults().withRaces(true), PUBLISH + FENCE_BEFORE + acquire + TELL + LEAVE))
                .containsExactly(1, 2, 3);
        isMissed(PUBLISH + acquire + FENCE_BEHIND + TELL + LEAVE);

        String release = COUNT.replace("atom.global", "atom.release.gpu.global");
        assertThat(run(SimulatorOptions.defaults().withRaces(true), PUBLISH + release + FENCE_BEHIND + TELL + LEAVE))
                .containsExactly(1, 2, 3);
        isMissed(PUBLISH + FENCE_BEFORE + release + TELL + LEAVE);
    }

    @Test
    void anAtomicOperationOfTheBlockAloneOrdersNoOther() {
        isMissed(PROTOCOL.replace("atom.global", "atom.cta.global"));
        isMissed(PROTOCOL.replace("atom.global", "atom.acq_rel.cta.global"));
    }

    /** Thread i below BLOCKS of the last block loads the flag of block i, which that block has stored. */
    private static final String FLAGS = PUBLISH + """
            add.s64 %rd7, %rd1, %rd4;
            mul.wide.u32 %rd4, %r1, 4;
            add.s64 %rd4, %rd1, %rd4;
            @%p0 st.release.gpu.global.u32 [%rd4], 1;
            setp.ne.u32 %p1, %r1, %r2;
            @%p1 ret;
            bar.sync 0;
            setp.lt.u32 %p2, %r0, 3;
            @%p2 ld.acquire.gpu.global.u32 %r4, [%rd7];
            """;

    @Test
    void flagsThatAreReleasedAndAcquired() {
        DeviceMemory out = bench.ints(new int[BLOCKS]);
        bench.run(kernel(FLAGS), SHAPE, bench.ints(new int[BLOCKS]), bench.ints(new int[BLOCKS]), out);
        assertThat(bench.ints(out)).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @CsvSource({
        "'st.release.gpu', 'st.relaxed.gpu'",
        "'ld.acquire.gpu', 'ld.relaxed.gpu'",
        "'st.release.gpu', 'st.release.cta'",
        "'ld.acquire.gpu', 'ld.acquire.cta'",
        // two loads of the same word
        "'st.release.gpu.global.u32 [%rd4], 1', 'ld.acquire.gpu.global.u32 %r4, [%rd4]'",
        // what is added behind a release, not before it
        "'%p0 st.release.gpu.global.u32 [%rd4], 1;', '%p0 st.release.gpu.global.u32 [%rd4], 1; @%p0 atom.global.add.u32 %r6, [%rd3], 1;'",
        // all blocks store to one flag: who loads it learns of the last alone
        "'[%rd4], 1', '[%rd1], 1'",
    })
    void aFlagSaysTooLittle(String step, String instead) {
        String protocol = FLAGS.replace(step, instead);
        assertThat(protocol).isNotEqualTo(FLAGS);
        KernelFault.Report report = bench.fault(
                kernel(protocol),
                SHAPE,
                bench.ints(new int[BLOCKS]),
                bench.ints(new int[BLOCKS]),
                bench.ints(new int[BLOCKS]));
        assertThat(report.kind()).isEqualTo(FaultKind.UNPUBLISHED);
    }

    @ParameterizedTest
    @CsvSource({
        "'@%p0 membar.gl;', ''",
        "'@%p0 membar.sys;', ''",
        "membar.gl, membar.cta",
        "membar.sys, fence.acq_rel.cta",
        // by a thread that has not written, and no barrier lies between
        "'@%p0 membar.gl;', '@!%p0 membar.gl;'",
        // by a thread that has not counted
        "'@%p0 membar.sys;', '@!%p0 membar.sys;'",
        // each block counts at a word of its own
        "'[%rd1], %r2', '[%rd3], %r2'"
    })
    void aStepIsMissing(String step, String instead) {
        String protocol = PROTOCOL.replace(step, instead);
        assertThat(protocol).isNotEqualTo(PROTOCOL);
        // where blocks count for themselves, none learns that it is the last
        isMissed(
                instead.contains("%rd3")
                        ? protocol.replace(LEAVE, "setp.ne.u32 %p1, %r1, %r2;\n@%p1 ret;\n")
                        : protocol);
    }

    /** The block that comes last is then the first one. */
    @Test
    void blocksRunBackwards() {
        SimulatorOptions backwards = SimulatorOptions.defaults().withRaces(true).withBackwards(true);
        assertThat(run(backwards, PROTOCOL)).containsExactly(1, 2, 3);

        try (SimulatorBench bench = new SimulatorBench(backwards)) {
            KernelFault.Report report = bench.fault(
                    kernel(PUBLISH + COUNT + TELL + LEAVE),
                    SHAPE,
                    bench.ints(new int[BLOCKS]),
                    bench.ints(0),
                    bench.ints(new int[BLOCKS]));
            assertThat(report.block().x()).isZero();
            assertThat(report.details()).contains("block number 1 wrote");
        }
    }

    @Test
    void theStepsAreInAnotherOrder() {
        isMissed(FENCE_BEFORE + PUBLISH + COUNT + FENCE_BEHIND + TELL + LEAVE);
        isMissed(COUNT + PUBLISH + FENCE_BEFORE + FENCE_BEHIND + TELL + LEAVE);
        isMissed(PUBLISH + FENCE_BEFORE + COUNT + TELL + FENCE_BEHIND + LEAVE);
        isMissed(FENCE_BEFORE + COUNT + PUBLISH + FENCE_BEHIND + TELL + LEAVE);
        isMissed(PUBLISH + FENCE_BEFORE + COUNT + PUBLISH + FENCE_BEHIND + TELL + LEAVE);
    }

    /** All threads of the block write; the barrier before the fence makes these writes part of what thread 0 publishes. */
    @Test
    void otherThreadsOfTheBlockWriteToo() {
        String publish = "setp.eq.u32 %p2, %r0, 63;\n@%p2 st.relaxed.gpu.global.u32 [%rd3], %r3;\n";
        String behind = FENCE_BEFORE + COUNT + FENCE_BEHIND + TELL + LEAVE;
        assertThat(run(SimulatorOptions.defaults().withRaces(true), publish + "bar.sync 0;\n" + behind))
                .containsExactly(1, 2, 3);
        isMissed(publish + behind);
    }

    private static final String ADD = "@%p0 red.global.add.u32 [%rd0], %r3;\n";

    /** Each block adds to word 0 of p0, whose sum the last one reads. */
    @Test
    void whatAtomicOperationsHaveAddedUpIsReadInOrder() {
        String protocol = PROTOCOL.replace(PUBLISH, ADD);
        assertThat(run(SimulatorOptions.defaults().withRaces(true), protocol)[0])
                .as("in the second launch")
                .isEqualTo(12);
        // another block's sum, and one that the fence before it says nothing of
        isUnread(protocol.replace(FENCE_BEFORE, ""), "changed; behind");
        isUnread(protocol.replace(FENCE_BEHIND, ""), "changed; behind");
        isUnread(FENCE_BEFORE + ADD + COUNT + FENCE_BEHIND + TELL + LEAVE, "changed; behind");
        isUnread(ADD + FENCE_BEFORE + COUNT.replace("%rd1", "%rd3") + FENCE_BEHIND, "changed; behind");
    }

    /** One fence for two counters, and another behind a barrier. */
    @Test
    void aFenceIsToldByEachAtomicOperationBehindIt() {
        String twice = PUBLISH + FENCE_BEFORE + "@%p0 red.global.add.u32 [%rd0+12], 1;\n" + COUNT + FENCE_BEHIND + TELL
                + LEAVE;
        assertThat(run(SimulatorOptions.defaults().withRaces(true), twice)).containsExactly(1, 2, 3);
        String again = FENCE_BEFORE + ADD + "bar.sync 0;\n" + FENCE_BEFORE + COUNT + FENCE_BEHIND + TELL + LEAVE;
        assertThat(run(SimulatorOptions.defaults().withRaces(true), again)[0]).isEqualTo(12);
    }

    /** All are in order before the one that reads, and which of them was the last is a matter of chance. */
    @Test
    void aWordThatBlocksStoreToInNoOrder() {
        String store = PUBLISH.replace("%rd3", "%rd0");
        isUnread(PROTOCOL.replace(PUBLISH, store), "several blocks wrote in no order");
        // the last block alone reads what it has stored itself
        isUnread(store + "setp.ne.u32 %p1, %r1, %r2;\n@%p1 ret;\n", "block number 0 wrote; behind");
        // one stores where the others have added
        String some =
                "setp.eq.u32 %p2, %r1, 1;\n@%p2 bra added;\n" + ADD + "bra.uni done;\nadded:\n" + store + "done:\n";
        isUnread(PROTOCOL.replace(PUBLISH, some), "several blocks \\w+ in no order");
    }

    private void isUnread(String protocol, String details) {
        KernelFault.Report report = fault(protocol);
        assertThat(report.kind()).isEqualTo(FaultKind.UNPUBLISHED);
        assertThat(report.statement()).contains(READ);
        assertThat(report.details()).containsPattern(details);
    }
}
