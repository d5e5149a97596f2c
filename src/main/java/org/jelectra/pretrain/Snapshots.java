package org.jelectra.pretrain;

import java.io.IOException;
import java.util.function.LongSupplier;
import org.jelectra.io.FullDisk;

/**
 * Writes a run's snapshots as a policy says, and one whenever the run ends. Add it after the listeners that write files, whose
 * content should be on the disk before the snapshot that goes with it.
 */
public final class Snapshots implements PretrainListener {

    private static final double NANOS_PER_MINUTE = 60e9;
    private static final int NONE = -1;

    private final SnapshotFolder folder;
    private final SnapshotPolicy policy;
    private final Pretrainer pretrainer;
    private final MetricsLog log;
    private final LongSupplier nanoTime;
    private long lastTime;
    private int lastStep;

    /** @param log the run's metrics, forced to the disk before each snapshot; may be null */
    public Snapshots(SnapshotFolder folder, SnapshotPolicy policy, Pretrainer pretrainer, MetricsLog log)
            throws IOException {
        this(folder, policy, pretrainer, log, System::nanoTime);
    }

    Snapshots(
            SnapshotFolder folder, SnapshotPolicy policy, Pretrainer pretrainer, MetricsLog log, LongSupplier nanoTime)
            throws IOException {
        this.folder = folder;
        this.policy = policy;
        this.pretrainer = pretrainer;
        this.log = log;
        this.nanoTime = nanoTime;
        lastTime = nanoTime.getAsLong();
        lastStep = folder.steps().stream().reduce(NONE, Math::max);
    }

    @Override
    public void onStep(int step) throws IOException {
        double minutes = (nanoTime.getAsLong() - lastTime) / NANOS_PER_MINUTE;
        if (policy.isDue(step, pretrainer.settings().steps(), minutes)) {
            write(step);
        }
    }

    @Override
    public void onEnd(int step) throws IOException {
        if (step != lastStep) {
            write(step);
        }
    }

    private void write(int step) throws IOException {
        try {
            if (log != null) {
                log.force();
            }
            folder.write(pretrainer);
        } catch (IOException e) {
            throw new IOException(
                    "the snapshot of step " + step + " could not be written (" + reason(e) + ")"
                            + (FullDisk.isReasonOf(e) ? "; make room. " : ". ")
                            + (lastStep == NONE
                                    ? "There is no earlier one"
                                    : "The one of step " + lastStep + " is whole: the run can be resumed from it"),
                    e);
        }
        lastStep = step;
        lastTime = nanoTime.getAsLong();
        folder.rotate(policy.keep(), pretrainer.settings().steps());
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
