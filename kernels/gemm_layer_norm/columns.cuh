// What a row tile's columns have in common: the normalisation's parameters and the product's bias.
#pragma once

#include "gemm_layer_norm/row_tile.cuh"
#include "layer_norm/forward.cuh"

template <int WIDTH, class Tile>
struct TileColumns {
    using R = typename Tile::R;

    // in shared memory, behind the tile's sums
    float* gamma;
    float* beta;
    // this lane's
    float bias[R::SIZE];

    // Waits for the tile's sums, too. product_bias may be null.
    __device__ __forceinline__ TileColumns(const ForwardOptions& o, const float* product_bias)
        : gamma(Tile::behind_sums()), beta(gamma + WIDTH) {
        float* shared_bias = beta + WIDTH;
#pragma unroll
        for (int first = 0; first < WIDTH; first += Tile::THREADS) {
            int i = first + static_cast<int>(threadIdx.x);
            if (i < WIDTH) {
                // all are on their way before the first is stored
                float g = o.gamma[i];
                float b = o.beta[i];
                float p = product_bias == nullptr ? 0.0f : product_bias[i];
                gamma[staged<R>(i)] = g;
                beta[staged<R>(i)] = b;
                shared_bias[staged<R>(i)] = p;
            }
        }
        __syncthreads();
        load_staged<R>(shared_bias, 0, bias);
    }
};
