package org.jelectra.cli.pretrain;

import java.util.Locale;
import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.pretrain.MemoryNeed;
import org.jelectra.tensor.DType;

/** The memory in which a run has its weights and activations: on the CPU the virtual machine's, else the device's. */
final class MemoryRoom {

    /** What takes less memory of any kind. */
    static final String LESS = "; --accumulate, --batch and --sequence-length take less";

    private MemoryRoom() {}

    /** The most that the virtual machine gives, in bytes. */
    static long ofVirtualMachine() {
        return Runtime.getRuntime().maxMemory();
    }

    /** Throws IllegalStateException where a run would end for want of memory, before its text is read for nothing. */
    static void require(MemoryNeed need, Backend backend) {
        if (backend instanceof CudaBackend cuda) {
            // the backend has taken some of what kernels use already
            String bf16 = cuda.valueType() == DType.FLOAT32 ? "; so does --precision bf16" : "";
            require(need, need.total() - need.kernels(), cuda.freeMemory(), "are free on the device", LESS + bf16);
        } else {
            require(need, need.total(), ofVirtualMachine(), "are there", more(need) + LESS);
        }
    }

    private static void require(MemoryNeed need, long least, long room, String where, String remedy) {
        if (least > room) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "the run needs %,.0f MB of memory, at most %,.0f MB %s%s (jelectra plan shows what takes it)",
                    need.total() / 1e6,
                    room / 1e6,
                    where,
                    remedy));
        }
    }

    /** How to get as much of the virtual machine's as a run needs. */
    static String more(MemoryNeed need) {
        // a quarter and a GiB more, for the text and what kernels use for a moment
        long gibibytes = (need.total() + need.total() / 4 >> 30) + 2;
        return "; JELECTRA_JAVA_OPTS=-Xmx" + gibibytes + "g gives that much";
    }
}
