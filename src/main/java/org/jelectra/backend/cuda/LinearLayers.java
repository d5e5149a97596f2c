package org.jelectra.backend.cuda;

import java.util.List;
import org.jelectra.backend.Operation;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Products with a weight matrix. With BFLOAT16 values the weight's bf16 copy is read. */
final class LinearLayers {

    private final Device device;
    private final Gemm gemm;
    private final ColumnSums columnSums;

    LinearLayers(Device device) {
        this.device = device;
        gemm = new Gemm(device);
        columnSums = new ColumnSums(device);
    }

    /** As {@link org.jelectra.backend.Backend#linear}. */
    Operation forward(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        return product(x, weight, bias, y, 0);
    }

    /** {@code preActivation[M,N] = x[M,K] weight[N,K]^T + bias[N]}, {@code y = gelu(preActivation)}; bias may be null. */
    Operation forwardGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        return product(x, weight, bias, y, device.address(preActivation));
    }

    private Operation product(Tensor x, Tensor weight, Tensor bias, Tensor y, long preActivation) {
        return gemm.forward(
                x.dtype(),
                new GemmSize(
                        x.shape().rows(), weight.shape().rows(), weight.shape().width()),
                GemmMatrix.of(device, x),
                weight(weight, x.dtype()),
                GemmMatrix.of(device, y),
                y.shape().width(),
                device.address(bias),
                preActivation);
    }

    /** As {@link org.jelectra.backend.Backend#linearBackwardInput}. */
    Operation backwardInput(Tensor dy, Tensor weight, Tensor dx, boolean accumulate) {
        return inputProduct(dy, weight, dx, accumulate, 0);
    }

    /**
     * {@code dx[M,K] = dy[M,N] weight[N,K]} times the slope of GELU at {@code preActivation[M,K]}: the gradient of the input of
     * a GELU whose output went through the layer, without writing the gradient between them.
     */
    Operation backwardInputGelu(Tensor dy, Tensor weight, Tensor preActivation, Tensor dx) {
        return inputProduct(dy, weight, dx, false, device.address(preActivation));
    }

    private Operation inputProduct(Tensor dy, Tensor weight, Tensor dx, boolean accumulate, long preActivation) {
        return gemm.backwardInput(
                dy.dtype(),
                new GemmSize(
                        dy.shape().rows(),
                        weight.shape().width(),
                        weight.shape().rows()),
                GemmMatrix.of(device, dy),
                weight(weight, dy.dtype()),
                GemmMatrix.of(device, dx),
                accumulate,
                preActivation);
    }

    /** As {@link org.jelectra.backend.Backend#linearBackwardWeight}. */
    Operation backwardWeight(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        if (dy.shape().rows() == 0) {
            return () -> {};
        }
        if (dWeight == null) {
            return columnSums.add(dy, dBias);
        }
        PartSums sums = new PartSums(device);
        List<WeightGradients.Layer> layer = List.of(new WeightGradients.Layer(x, dy, dWeight, dBias));
        return Operation.sequence(WeightGradients.of(device, layer, sums), sums.operation());
    }

    private GemmMatrix weight(Tensor weight, DType values) {
        return values == DType.BFLOAT16 ? GemmMatrix.bf16(device, weight) : GemmMatrix.of(device, weight);
    }
}
