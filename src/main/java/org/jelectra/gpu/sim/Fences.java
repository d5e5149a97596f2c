package org.jelectra.gpu.sim;

import java.util.Set;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/**
 * Translates {@code fence} and {@code membar}: memory here is always up to date, so they only count where accesses are checked, those of
 * the proxy of asynchronous products and those of the whole device.
 */
final class Fences {

    private static final Set<String> SHARED_PROXY =
            Set.of("fence.proxy.async", "fence.proxy.async.shared::cta", "fence.proxy.async.shared::cluster");
    private static final Set<String> DEVICE = Set.of(
            "membar.gl",
            "membar.sys",
            "fence.gpu",
            "fence.sys",
            "fence.sc.gpu",
            "fence.sc.sys",
            "fence.acq_rel.gpu",
            "fence.acq_rel.sys");

    private Fences() {}

    static void translate(Translator t, PtxStatement s) {
        boolean shared = SHARED_PROXY.contains(s.opcode());
        boolean device = DEVICE.contains(s.opcode());
        t.emit(new Custom((warp, lanes) -> {
            if (shared && warp.block.shared.proxy != null) {
                warp.block.shared.proxy.fence(warp, lanes);
            }
            if (device && warp.block.globalRaces != null) {
                warp.block.globalRaces.fence(warp, lanes);
            }
        }));
    }
}
