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
        : gamma(Tile::behind_sums()), beta(gamma + WIDTH), bias{} {
        float* shared_bias = beta + WIDTH;
        stage<R>(o.gamma, WIDTH, gamma);
        stage<R>(o.beta, WIDTH, beta);
        if (product_bias != nullptr) {
            stage<R>(product_bias, WIDTH, shared_bias);
        }
        __syncthreads();
        if (product_bias != nullptr) {
            load_staged<R>(shared_bias, 0, bias);
        }
    }
};
