package org.jelectra.cli.pretrain;

import java.nio.file.Path;
import org.jelectra.pretrain.SnapshotPolicy;

/**
 * Everything about a run that does not change its numbers, but for the weights it begins with.
 *
 * @param directory where it is written
 * @param preset name of the preset
 * @param options what it was begun with
 * @param resumes whether it goes on from its latest snapshot
 * @param weights what it begins with
 * @param snapshots when snapshots are written
 * @param maxHours hours after which it ends; null for no limit
 * @param warnsOfDays whether the processor computes only because no GPU can, for as long as it takes
 */
record RunPlan(
        Path directory,
        String preset,
        RunOptions options,
        boolean resumes,
        RunWeights weights,
        SnapshotPolicy snapshots,
        Double maxHours,
        boolean warnsOfDays) {}
