// Grids whose blocks are dealt to the entries of a table.
#pragma once

// Place of the entry that `block` works on: the last of `count`, at least 1, whose `first` block is not behind it. Entries are in the
// order of their first blocks. Whole warps; each step looks at 32 entries, so that a thousand take two.
template <class Entry>
__device__ __forceinline__ int entry_of_block(const Entry* table, int count, int block) {
    int stride = 1;
    while (32 * stride < count) {
        stride *= 32;
    }
    int entry = 0;
    for (; stride > 0; stride /= 32) {
        int at = entry + static_cast<int>(threadIdx.x & 31) * stride;
        bool begun = at < count && table[at].first <= block;
        entry += (__popc(__ballot_sync(0xFFFFFFFFu, begun)) - 1) * stride;
    }
    return entry;
}
