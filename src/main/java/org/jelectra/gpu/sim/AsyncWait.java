package org.jelectra.gpu.sim;

/** {@code cp.async.commit_group}, {@code cp.async.wait_group} and {@code cp.async.wait_all}. */
final class AsyncWait extends Instruction {

    private final boolean commits;
    /** Groups that may stay pending; {@link #NONE} where nothing waits. */
    private final int pending;

    AsyncWait(boolean commits, int pending) {
        this.commits = commits;
        this.pending = pending;
    }

    @Override
    void execute(Warp warp, int lanes) {
        if (commits) {
            warp.copies.commit(lanes);
        }
        if (pending != NONE) {
            warp.copies.await(lanes, pending);
        }
    }
}
