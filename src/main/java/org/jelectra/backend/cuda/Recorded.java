package org.jelectra.backend.cuda;

import org.jelectra.backend.Operation;
import org.jelectra.gpu.GpuGraph;

/**
 * Work that becomes a CUDA graph: one call to the driver, and on the device no gaps between kernels, however many there are. The
 * first run is an ordinary one, in which operations may still prepare what they need; the second is recorded, and it and all
 * later ones are launches of the recording. In a recording of other work it is a part of that.
 */
final class Recorded implements Operation {

    private final Device device;
    private final Operation work;
    private boolean hasRun;
    private GpuGraph graph;

    Recorded(Device device, Operation work) {
        this.device = device;
        this.work = work;
    }

    @Override
    public void run() {
        if (device.isRecording()) {
            work.run();
            return;
        }
        if (!hasRun) {
            work.run();
            hasRun = true;
            return;
        }
        if (graph == null) {
            graph = device.record(work);
        }
        graph.launch(device.stream());
    }
}
