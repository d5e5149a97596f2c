// The small tile of bf16 factors, for results with an extent of 64 or less, or too few large tiles to fill the device.
#pragma once

#include "gemm/tensor_core_tile.cuh"

// 4 warps of 32 x 32; up to 108 registers
struct Small {
    static constexpr int HEIGHT = 64;
    static constexpr int WIDTH = 64;
    static constexpr int THREADS = 128;
    static constexpr int STAGES = 4;
    static constexpr int BLOCKS = 4;
    using Steps = RowSteps;
    template <class A, class B>
    using Tile = TensorCoreTile<A, B, 2, 2>;
    template <class A, class B>
    using SummingTile = TensorCoreTile<A, B, 2, 2, true>;
};
