package org.jelectra.cli.pretrain;

import org.jelectra.pretrain.SnapshotPolicy;
import picocli.CommandLine.Option;

/** What is kept of a run while it lasts. */
final class SnapshotOptions {

    @Option(
            names = "--snapshot-steps",
            paramLabel = "N",
            description = "Steps between snapshots, from which a run is resumed; 0: not by steps. Default: 0.")
    private int steps = SnapshotPolicy.DEFAULT.everySteps();

    @Option(
            names = "--snapshot-minutes",
            paramLabel = "MINUTES",
            description = "Minutes between snapshots; 0: not by time. Default: 10.")
    private double minutes = SnapshotPolicy.DEFAULT.everyMinutes();

    @Option(
            names = "--keep",
            paramLabel = "N",
            description =
                    "How many of the latest snapshots are kept, besides those at 6.25, 12.5, 25, 50 and 100 %% of the"
                            + " steps. Default: 2.")
    private int keep = SnapshotPolicy.DEFAULT.keep();

    /** Throws IllegalArgumentException for numbers that make no sense. */
    SnapshotPolicy policy() {
        return new SnapshotPolicy(steps, minutes, keep);
    }
}
