package org.jelectra.gpu.sim.ptx;

import java.util.List;

/**
 * A variable in some state space, or a parameter.
 *
 * @param space {@code shared}, {@code local}, {@code global}, {@code const} or {@code param}
 * @param external whether its size is unknown ({@code .extern}): the dynamic shared memory
 * @param alignment in bytes
 * @param type type of an element, without the dot
 * @param bytes size in all
 * @param initial values of the first elements; empty where the declaration has none
 */
public record PtxVariable(
        int line,
        String space,
        boolean external,
        int alignment,
        String type,
        String name,
        int bytes,
        List<String> initial) {

    /** Size of a type such as {@code u32}, in bytes. */
    public static int bytesOf(int line, String type) {
        switch (type) {
            case "b8", "u8", "s8":
                return 1;
            case "b16", "u16", "s16", "f16", "bf16":
                return 2;
            case "b32", "u32", "s32", "f32", "f16x2", "bf16x2":
                return 4;
            case "b64", "u64", "s64", "f64":
                return 8;
            default:
                throw new PtxSyntaxException(line, "unknown type ." + type);
        }
    }
}
