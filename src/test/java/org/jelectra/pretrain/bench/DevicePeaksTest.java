package org.jelectra.pretrain.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.jelectra.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicePeaksTest {

    private static TimedOperation operation(long bytes, double flops) {
        return new TimedOperation("any", List.of(), bytes, flops, new Percentiles(1), new Percentiles(1));
    }

    @Test
    void dataSheetsByName() {
        assertThat(DevicePeaks.of("NVIDIA H200", DType.BFLOAT16)).isEqualTo(new DevicePeaks(4.8e12, 989e12));
        assertThat(DevicePeaks.of("NVIDIA H100 80GB HBM3", DType.FLOAT32)).isEqualTo(new DevicePeaks(3.35e12, 67e12));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NVIDIA H100 PCIe",
                "NVIDIA H200 NVL",
                "NVIDIA GH200 480GB",
                "NVIDIA H100 80GB HBM3 MIG 1g.10gb",
                "NVIDIA GeForce RTX 4090",
                "simulated"
            })
    void othersAreUnknown(String name) {
        assertThat(DevicePeaks.of(name, DType.BFLOAT16)).isEqualTo(DevicePeaks.UNKNOWN);
        assertThat(DevicePeaks.UNKNOWN.floorMicroseconds(operation(1, 0))).isNaN();
    }

    @Test
    void theFloorIsTheSlowerOfBytesAndProducts() {
        DevicePeaks peaks = new DevicePeaks(4e12, 1e15);
        assertThat(peaks.floorMicroseconds(operation(8_000_000, 0))).isEqualTo(2, within(1e-9));
        assertThat(peaks.floorMicroseconds(operation(8_000_000, 5e9))).isEqualTo(5, within(1e-9));
    }

    @Test
    void anOperationWithoutProductsNeedsNoPeakOfThem() {
        assertThat(new DevicePeaks(4e12, Double.NaN).floorMicroseconds(operation(4_000_000, 0)))
                .isEqualTo(1, within(1e-9));
        assertThat(new DevicePeaks(4e12, Double.NaN).floorMicroseconds(operation(4_000_000, 1)))
                .isNaN();
    }
}
