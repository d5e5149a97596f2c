// Sum of word, position and type embeddings of M tokens, width E = 128, its layer normalisation and dropout, and the product that
// projects the rows to N = 64 or 256 values, by one launch: what the product reads is in shared memory. The sum and the normalised rows
// are written, because the backward pass reads them. bf16 values, float tables, float sums on tensor cores.
//
//     FLOPs                  bytes
//     2 M E N + 11 M E       M (16 + 8 E + 2 N) + 2 E N         words, sum, y and the product; ids, types and statistics; the weight
//
// Floors in us on an H200 (4.3 TB/s, 790 TFLOP/s) for 16384 tokens:
//
//     N      compute   memory   memory of two launches
//     64     0.4       4.4      5.4
//     256    1.4       5.9      6.9
//
// All are bound by memory; the target is 60 % of it, as for the embeddings alone (embedding.cu).
//
// Layout: a block of 8 warps has 64 tokens, four sequences at 16 positions, whose rows it looks up and normalises over the lanes as
// embedding_layer_norm does, while the whole weight comes by cp.async. Then the warps multiply 32 x N/4 each, and the sums go through
// shared memory to the tokens' rows. 80 KB of shared memory and 1 KB for gamma and beta with 256 outputs (rows 16, weight 64), 33 KB with
// 64; two blocks a multiprocessor of sm_80 or sm_90, one of the smallest devices with 256. 16384 tokens are 256 blocks, one wave.
// The products add up in the order of gemm_bf16.cu, so that the bits are those of the operations one after the other.

#include "embedding/projection.cuh"

#define EMBEDDING_PROJECTION(OUTPUTS)                                                                                   \
    extern "C" __global__ void __launch_bounds__(ProjectionTile<OUTPUTS>::THREADS, ProjectionTile<OUTPUTS>::BLOCKS)     \
        embedding_projection_w##OUTPUTS##_bf16(                                                                         \
            const int* ids, const int* tokenTypes, const float* words, const float* positions, const float* types,      \
            int vocabulary, int typeCount, int length, DROPOUT_PARAMETERS,                                              \
            const float* gamma, const float* beta, float epsilon, bf16* sum, bf16* y, float* stats, long long tokens,   \
            const bf16* weight, const float* bias, bf16* projected) {                                                   \
        Tables tables = {words, positions, types, vocabulary, typeCount};                                               \
        Dropout dropout = READ_DROPOUT(tokens * ProjectionTile<OUTPUTS>::WIDTH);                                        \
        ForwardOptions options = {gamma, beta, epsilon, stats, tokens};                                                 \
        embed_and_project<OUTPUTS>(                                                                                     \
            ids, tokenTypes, tables, length, dropout, options, sum, y, weight, bias, projected);                        \
    }

EMBEDDING_PROJECTION(64)
EMBEDDING_PROJECTION(256)
