package org.jelectra.cli.measure;

import org.jelectra.backend.Backend;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.pretrain.bench.DevicePeaks;
import picocli.CommandLine.Option;

/** What a device can do at best, where it is not known by its name. */
final class PeakOptions {

    @Option(
            names = "--peak-bandwidth",
            paramLabel = "GB/S",
            description =
                    "What the memory can move. Default: the data sheet's for H100 and H200 (SXM), else no floor is told.")
    private Double bandwidth;

    @Option(
            names = "--peak-flops",
            paramLabel = "TFLOP/S",
            description = "What matrix products can reach. Default: the same.")
    private Double flops;

    /** Throws IllegalArgumentException for a peak that is none. */
    void check() {
        positive("--peak-bandwidth", bandwidth);
        positive("--peak-flops", flops);
    }

    private static void positive(String option, Double value) {
        if (value != null && !(value > 0)) {
            throw new IllegalArgumentException(option + " must be positive, got " + value);
        }
    }

    DevicePeaks of(Backend backend) {
        DevicePeaks known = backend instanceof CudaBackend cuda
                ? DevicePeaks.of(cuda.device().name(), backend.valueType())
                : DevicePeaks.UNKNOWN;
        return new DevicePeaks(
                bandwidth == null ? known.bytesPerSecond() : 1e9 * bandwidth,
                flops == null ? known.flopsPerSecond() : 1e12 * flops);
    }
}
