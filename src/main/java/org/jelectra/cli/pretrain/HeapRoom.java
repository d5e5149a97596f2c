package org.jelectra.cli.pretrain;

import java.util.Locale;
import org.jelectra.pretrain.MemoryNeed;

/** The virtual machine's memory, in which a run on the CPU has its weights and activations. */
final class HeapRoom {

    /** What takes less memory of any kind. */
    static final String LESS = "; --accumulate, --batch and --sequence-length take less";

    private HeapRoom() {}

    /** The most that the virtual machine gives, in bytes. */
    static long bytes() {
        return Runtime.getRuntime().maxMemory();
    }

    /** Throws IllegalStateException where a run on the CPU would end for want of memory, before its text is read for nothing. */
    static void require(MemoryNeed need) {
        if (need.total() > bytes()) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "the run needs %,.0f MB of memory, at most %,.0f MB are there%s%s (jelectra plan shows what takes it)",
                    need.total() / 1e6,
                    bytes() / 1e6,
                    more(need),
                    LESS));
        }
    }

    /** How to get as much as a run needs. */
    static String more(MemoryNeed need) {
        // a quarter and a GiB more, for the text and what kernels use for a moment
        long gibibytes = (need.total() + need.total() / 4 >> 30) + 2;
        return "; JELECTRA_JAVA_OPTS=-Xmx" + gibibytes + "g gives that much";
    }
}
