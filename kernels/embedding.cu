// Sum of word, position and type embeddings of M tokens, width E, alone and with the layer normalisation and dropout behind it, and its
// backward pass.
//
//             bytes (float32 / bf16 values)       bound
// forward      8 M E /  6 M E                     memory; positions and types are an eighth more each at most
// layer_norm  12 M E /  8 M E                     memory; positions a quarter of the words at most, 8 M for the statistics
// backward     8 M E /  4 M E, and 8 E for each   latency: three launches; dy is read once for the words and once for the
//             word that occurs                    positions and types
//
// FLOPs: 2 M E forward, 11 M E with the normalisation, 3 M E backward. Floors on an H200 (4.3 TB/s) at M = 16384, E = 128: 4 / 3 us
// forward, 6 / 4 us with the normalisation, 6 / 4 us backward with 5000 different words. Targets: 60 % forward; 16 us backward, two
// fifths of it for the grouping of tokens by word.
//
// A warp works on 128 columns, four for each lane; tiles of 128 columns lie along y. With the normalisation, of width 128, a row lies
// over the lanes as in layer_norm.cu, and its results are those of the two operations, bit for bit.
//
// backward: embedding_group; then embedding_sums, whose first blocks take a position each and whose others the words in the order
// that the group made; then embedding_finish, whose first blocks take a token type each and whose others the words of many tokens.
// Two batches that share the tables, those of a generator and a discriminator, take the same three launches: `tokens` counts both,
// `split` the first, which has whole sequences then; of one batch they are equal, and nothing of a second is read.

#include "embedding/forward.cuh"
#include "embedding/group.cuh"
#include "embedding/layer_norm.cuh"
#include "embedding/positions.cuh"
#include "embedding/words.cuh"

// BLOCKS: of the normalisation on a multiprocessor. Where it is left open, CUDA 13.0 also comes to 64 registers in float32 for sm_90, but
// by spilling one.
#define EMBEDDING(T, SUFFIX, BLOCKS)                                                                                   \
    extern "C" __global__ void __launch_bounds__(EMBEDDING_THREADS) embedding_forward##SUFFIX(                         \
        const int* ids, const int* tokenTypes, const float* words, const float* positions, const float* types,         \
        int vocabulary, int typeCount, T* y, int tokens, int length, int width) {                                      \
        forward(ids, tokenTypes, {words, positions, types, vocabulary, typeCount}, y, tokens, length, width);          \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(EMBEDDING_THREADS, BLOCKS) embedding_layer_norm_w128##SUFFIX(         \
        const int* ids, const int* tokenTypes, const float* words, const float* positions, const float* types,         \
        int vocabulary, int typeCount, int length, DROPOUT_PARAMETERS,                                                 \
        const float* gamma, const float* beta, float epsilon, T* sum, T* y, float* stats, long long tokens) {          \
        Tables tables = {words, positions, types, vocabulary, typeCount};                                              \
        Dropout dropout = READ_DROPOUT(tokens * 128);                                                                  \
        ForwardOptions options = {gamma, beta, epsilon, stats, tokens};                                                \
        embed_and_normalize<T, 128, EMBEDDING_THREADS>(                                                                \
            ids, tokenTypes, tables, length, dropout, options, sum, y, [](int, const auto&) {});                       \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(EMBEDDING_THREADS) embedding_sums##SUFFIX(                            \
        const T* dy, const T* dySecond, const Grouped* order, const int* ids, const int* idsSecond,                    \
        const int* tokenTypes, const int* tokenTypesSecond, int split, int tokens, int length, int width,              \
        int vocabulary, int types, float* dWords, float* dPositions, float* pieces, float* typeSums) {                 \
        int block = blockIdx.x;                                                                                        \
        Joined<T> dys = {dy, dySecond, split};                                                                         \
        if (block < length) {                                                                                          \
            Joined<int> ofTokens = {tokenTypes, tokenTypesSecond, split};                                              \
            add_positions({ofTokens, tokens, length, width, types, dPositions, typeSums}, dys, block);                 \
        } else {                                                                                                       \
            Joined<int> ofTokens = {ids, idsSecond, split};                                                            \
            add_words({order, ofTokens, tokens, vocabulary, width, dWords, pieces}, dys, block - length);              \
        }                                                                                                              \
    }

EMBEDDING(float, _f32, 4)
EMBEDDING(bf16, _bf16, 2)

extern "C" __global__ void __launch_bounds__(GROUP_THREADS) embedding_group(
    const int* ids, const int* idsSecond, int split, int tokens, int vocabulary, int bits, Grouped* order) {
    group({ids, idsSecond, split}, tokens, vocabulary, bits, order);
}

extern "C" __global__ void __launch_bounds__(EMBEDDING_THREADS) embedding_finish(
    const Grouped* order, const int* ids, const int* idsSecond, int split, int tokens, int length, int width, int vocabulary,
    int types, float* dWords, float* pieces, const float* typeSums, float* dTypes) {
    int block = blockIdx.x;
    if (block < types) {
        add_types(typeSums, length, width, types, dTypes, block);
    } else {
        combine_words({order, {ids, idsSecond, split}, tokens, vocabulary, width, dWords, pieces}, block - types);
    }
}
