package org.jelectra.backend.check;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.Operation;
import org.jelectra.backend.cuda.CudaBackend;
import org.jelectra.gpu.DeviceProperties;
import org.jelectra.gpu.DryDriver;
import org.jelectra.gpu.Gpu;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Shape;
import org.jelectra.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No operation of a CUDA backend takes the memory of another one, whose addresses mean nothing to it. */
class OtherDeviceTest {

    private static final String REFUSED = "another CUDA backend";

    private static CudaBackend open(DType values) {
        DeviceProperties device = new DeviceProperties("large", 90, 132, Long.MAX_VALUE, 50 << 20, 227 << 10);
        return CudaBackend.on(Gpu.open(new DryDriver(device), 0), values);
    }

    private static Tensor tensor(CudaBackend backend, DType type) {
        return Tensor.of("x", Shape.of(8), backend.allocate(type, 8), 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "BFLOAT16"})
    void everyOperandMustBeOnTheDevice(DType values) {
        List<Sizes> all = List.of(Sizes.ODD, Sizes.OF_KERNELS.get(0), Sizes.OF_KERNELS.get(7));
        try (CudaBackend own = open(values);
                CudaBackend other = open(values)) {
            for (Sizes sizes : all) {
                for (Trial trial : Catalog.withVariants(sizes)) {
                    Map<String, Tensor> tensors = trial.allocate(own);
                    trial.prepare(own, tensors);
                    for (TrialOperand operand : trial.operands()) {
                        Map<String, Tensor> mixed = new HashMap<>(tensors);
                        mixed.put(operand.name(), operand.allocate(other));
                        // room that a backend need not use
                        if (operand.touched() > 0) {
                            assertThatThrownBy(() -> trial.prepare(own, mixed))
                                    .as("%s of %s, %s", operand.name(), trial, sizes)
                                    .isInstanceOf(IllegalArgumentException.class)
                                    .hasMessageContaining(operand.name())
                                    .hasMessageContaining(REFUSED);
                        }
                    }
                }
            }
        }
    }

    @Test
    void copiesAndOwnKernelsTooAreOfTheDevice() {
        try (CudaBackend own = open(DType.FLOAT32);
                CudaBackend other = open(DType.FLOAT32)) {
            Tensor x = tensor(other, DType.FLOAT32);
            assertThatThrownBy(() -> own.upload(new float[8], 0, x)).hasMessageContaining(REFUSED);
            assertThatThrownBy(() -> own.download(x, new float[8], 0)).hasMessageContaining(REFUSED);
            assertThatThrownBy(() -> own.readback(List.of(x))).hasMessageContaining(REFUSED);
            assertThatThrownBy(() -> own.address(x)).hasMessageContaining(REFUSED);
        }
    }

    @Test
    void aChainIsOfOneDevice() {
        Sizes sizes = Sizes.OF_KERNELS.get(7);
        Trial part = Catalog.of(sizes).stream()
                .filter(trial -> trial.name().equals("selfAttention"))
                .findFirst()
                .orElseThrow();
        try (CudaBackend own = open(DType.BFLOAT16);
                CudaBackend other = open(DType.BFLOAT16)) {
            Operation ofOwn = part.prepare(own, part.allocate(own));
            Operation ofOther = part.prepare(other, part.allocate(other));
            own.chain(sizes.attention(), List.of(ofOwn, ofOwn));
            assertThatThrownBy(() -> own.chain(sizes.attention(), List.of(ofOwn, ofOther)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(REFUSED);
        }
    }

    @Test
    void aClosedDeviceTakesNothingAndLendsNothing() {
        CudaBackend closed = open(DType.FLOAT32);
        Tensor x = tensor(closed, DType.FLOAT32);
        Operation fill = closed.fill(x, 1);
        closed.close();
        assertThatThrownBy(fill::run).isInstanceOf(IllegalStateException.class).hasMessageContaining("has been closed");
        assertThatThrownBy(() -> closed.fill(x, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has been closed");
        try (CudaBackend own = open(DType.FLOAT32)) {
            assertThatThrownBy(() -> own.fill(x, 1)).hasMessageContaining(REFUSED);
        }
    }
}
