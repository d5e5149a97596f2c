// Grids whose blocks are dealt to the entries of a table.
#pragma once

// What a block works on.
struct Share {
    int entry;
    // which of the entry's blocks it is
    int block;
};

// The share of this block. firsts[i]: first block of entry i, of `count`, at least 1; in ascending order from 0 on. Whole warps. They
// lie side by side, because every warp of a grid reads them: a step of the search looks at 32, so that a thousand take two.
__device__ __forceinline__ Share share_of_block(const int* firsts, int count) {
    int block = static_cast<int>(blockIdx.x);
    int stride = 1;
    while (32 * stride < count) {
        stride *= 32;
    }
    int entry = 0;
    int first = 0;
    for (; stride > 0; stride /= 32) {
        int at = entry + static_cast<int>(threadIdx.x & 31) * stride;
        int begins = at < count ? firsts[at] : 0x7FFFFFFF;
        int last = __popc(__ballot_sync(0xFFFFFFFFu, begins <= block)) - 1;
        entry += last * stride;
        first = __shfl_sync(0xFFFFFFFFu, begins, last);
    }
    return {entry, block - first};
}
