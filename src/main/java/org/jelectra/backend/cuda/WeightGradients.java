package org.jelectra.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jelectra.backend.Operation;
import org.jelectra.gpu.KernelArguments;
import org.jelectra.gpu.LaunchShape;
import org.jelectra.tensor.DType;
import org.jelectra.tensor.Tensor;

/** Weight and bias gradients of many linear layers by one launch. Kernels: {@code kernels/gemm/weight_group.cuh}. */
final class WeightGradients {

    private static final int PROBLEM_BYTES = 72;

    /** As {@link org.jelectra.backend.Backend#linearBackwardWeight}, with a dWeight. */
    record Layer(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {

        private boolean isEmpty() {
            return x.shape().rows() == 0 || dWeight.size() == 0;
        }

        GemmSize size() {
            return new GemmSize(
                    dWeight.shape().rows(), x.shape().width(), x.shape().rows());
        }

        private boolean hasBias() {
            return dBias != null;
        }
    }

    private final Device device;
    private final DType type;
    private final GemmKernels kernels;
    private final GemmTile tile;
    private final GroupPlan plan;
    private final List<Layer> layers;

    /**
     * The launches for layers of one type, one for each size of tile.
     *
     * @param sums takes note of what they leave in parts
     */
    static Operation of(Device device, List<Layer> layers, PartSums sums) {
        Map<GemmTile, List<Layer>> byTile = new EnumMap<>(GemmTile.class);
        for (Layer layer : layers) {
            if (layer.isEmpty()) {
                continue;
            }
            GemmKernels kernels = GemmKernels.of(device, layer.x().dtype());
            byTile.computeIfAbsent(GroupPlan.tile(layer.size(), kernels), tile -> new ArrayList<>())
                    .add(layer);
        }
        List<WeightGradients> launches = new ArrayList<>();
        byTile.forEach((tile, members) -> launches.add(new WeightGradients(device, tile, members)));
        long bytes = launches.stream().mapToLong(WeightGradients::partBytes).sum();
        long parts = bytes == 0 ? 0 : device.scratch(bytes);
        List<Operation> operations = new ArrayList<>();
        for (WeightGradients launch : launches) {
            operations.add(launch.operation(parts, sums));
            parts += launch.partBytes();
        }
        return Operation.sequence(operations);
    }

    private WeightGradients(Device device, GemmTile tile, List<Layer> layers) {
        this.device = device;
        this.tile = tile;
        // the longest blocks first, so that short ones fill what they leave at the end
        this.layers = layers.stream()
                .sorted(Comparator.comparingInt((Layer layer) -> layer.size().k())
                        .reversed())
                .toList();
        type = layers.get(0).x().dtype();
        kernels = GemmKernels.of(device, type);
        plan = GroupPlan.of(this.layers.stream().map(Layer::size).toList(), tile, device.multiprocessors(), kernels);
    }

    /** Bytes of parts that wait to be added up. */
    private long partBytes() {
        return IntStream.range(0, layers.size()).mapToLong(this::partBytes).sum();
    }

    private long partBytes(int i) {
        Layer layer = layers.get(i);
        GemmSize size = layer.size();
        int splits = plan.splits(i, size);
        return splits == 1 ? 0 : splits * (bytes((long) size.m() * size.n()) + (layer.hasBias() ? bytes(size.m()) : 0));
    }

    /** Bytes of that many numbers, rounded up so that what follows may be read 16 bytes at a time. */
    private static long bytes(long numbers) {
        return (Float.BYTES * numbers + 15) / 16 * 16;
    }

    /**
     * The launch.
     *
     * @param parts address of {@link #partBytes} for what is cut into parts
     * @param sums takes note of the parts
     */
    private Operation operation(long parts, PartSums sums) {
        ByteBuffer table =
                ByteBuffer.allocateDirect(PROBLEM_BYTES * layers.size()).order(ByteOrder.nativeOrder());
        int[] firsts = new int[layers.size()];
        int blocks = 0;
        long at = parts;
        for (int i = 0; i < firsts.length; i++) {
            put(table, i, at, sums);
            at += partBytes(i);
            firsts[i] = blocks;
            GemmSize size = layers.get(i).size();
            blocks += Math.toIntExact(tile.count(size) * plan.splits(i, size));
        }
        return device.operation(
                device.kernel(kernels.family(), tile.kernel("weight_group"), type),
                new LaunchShape(blocks, 1, 1, kernels.threads(tile), 1, kernels.groupSharedBytes(tile)),
                KernelArguments.of()
                        .pointer(device.table(table.flip()).address())
                        .pointer(device.table(firsts).address())
                        .int32(firsts.length));
    }

    private void put(ByteBuffer table, int i, long parts, PartSums sums) {
        Layer layer = layers.get(i);
        GemmSize size = layer.size();
        int splits = plan.splits(i, size);
        long weight = device.address(layer.dWeight());
        long bias = layer.hasBias() ? device.address(layer.dBias()) : 0;
        if (splits > 1) {
            long count = (long) size.m() * size.n();
            sums.add(parts, count, splits, weight, count);
            weight = parts;
            if (layer.hasBias()) {
                long biasParts = parts + splits * bytes(count);
                sums.add(biasParts, size.m(), splits, bias, size.m());
                bias = biasParts;
            }
        }
        GemmMatrix dy = GemmMatrix.of(device, layer.dy());
        GemmMatrix x = GemmMatrix.of(device, layer.x());
        dy.check("dy", size.m(), type);
        x.check("x", size.n(), type);
        table.putLong(dy.address()).putLong(x.address()).putLong(weight).putLong(bias);
        table.putInt(size.m()).putInt(size.n()).putInt(size.k());
        table.putInt(splits).putInt(plan.chunk(i, size)).putInt(splits == 1 ? 1 : 0);
        // parts lie one behind the other, each at a multiple of the vector
        table.putInt(new GemmMatrix(weight, size.n()).vector(Gemm.VECTOR, size.n(), DType.FLOAT32));
        table.putInt(dy.unit(type)).putInt(x.unit(type)).putInt(dy.leading());
    }
}
