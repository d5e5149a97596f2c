// What all lanes of a warp have in common.
#pragma once

// A number that all lanes of the warp have, so that the assembler knows it, computes with it once for the warp, and keeps it where it takes no
// lane's register. An address of shared memory it would otherwise find anew for every product, from the block's number in its cluster.
__device__ __forceinline__ unsigned warp_uniform(unsigned x) { return __reduce_or_sync(0xFFFFFFFFu, x); }
