package org.jelectra.cli;

import java.nio.file.Path;
import org.jelectra.pretrain.SnapshotPolicy;
import org.jelectra.pretrain.WarmStart;

/**
 * Everything about a run that does not change its numbers, but for the weights it begins with.
 *
 * @param directory where it is written
 * @param preset name of the preset
 * @param options what it was begun with
 * @param resumes whether it goes on from its latest snapshot
 * @param warmStart weights that it begins with; null for random ones
 * @param snapshots when snapshots are written
 * @param maxHours hours after which it ends; null for no limit
 */
record RunPlan(
        Path directory,
        String preset,
        RunOptions options,
        boolean resumes,
        WarmStart warmStart,
        SnapshotPolicy snapshots,
        Double maxHours) {}
