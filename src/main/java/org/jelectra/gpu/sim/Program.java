package org.jelectra.gpu.sim;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A translated kernel. */
final class Program {

    final String name;
    Instruction[] code;
    /** Number of registers of each class, by its ordinal. */
    int[] slots;
    /** Names of the declared registers, by their number. */
    String[] registerNames;
    /** Registers that hold constants. */
    List<Constant> constants;
    /** Registers that hold special registers. */
    List<Special> specials;
    /** Where each parameter begins. */
    List<Integer> parameterOffsets;

    int parameterBytes;
    int staticSharedBytes;
    int localBytes;
    /** Largest block; 0 where the source sets no limit. */
    int maxThreads;
    /** Estimate of the registers of a thread. */
    int registers;
    /** Granularity of race checks: the smallest access in bytes, at most 4. */
    int sharedUnit = 4;

    int globalUnit = 4;
    /** Whether it issues asynchronous products. */
    boolean asynchronousProducts;
    /** How products of matrices add; null for additions of floats. */
    DeviceSums deviceSums;
    /** Whether results depend on the order of the blocks: atomic operations that return or round something. */
    boolean ordered;

    Program(String name) {
        this.name = name;
    }

    int slots(RegisterClass registerClass) {
        return slots[registerClass.ordinal()];
    }

    /**
     * A register with the same value in all lanes at all times.
     *
     * @param bits the value; for a predicate 0 or 1
     */
    record Constant(RegisterClass registerClass, int slot, long bits) {

        void fill(Warp warp) {
            switch (registerClass) {
                case INT -> java.util.Arrays.fill(warp.ints[slot], (int) bits);
                case FLOAT -> java.util.Arrays.fill(warp.floats[slot], Float.intBitsToFloat((int) bits));
                case LONG -> java.util.Arrays.fill(warp.longs[slot], bits);
                case DOUBLE -> java.util.Arrays.fill(warp.doubles[slot], Double.longBitsToDouble(bits));
                case PREDICATE -> warp.predicates[slot] = bits != 0 ? Lanes.ALL : 0;
            }
        }
    }

    /** A register that holds a special register such as {@code %tid.x}. */
    record Special(SpecialRegister register, int slot) {

        void fill(Warp warp) {
            int[] values = warp.ints[slot];
            for (int lane = 0; lane < Lanes.COUNT; lane++) {
                values[lane] = register.value(warp, lane);
            }
        }
    }

    /** Marks instructions that use registers of asynchronous products. */
    void markAsynchronous() {
        BitSet operands = new BitSet();
        for (Instruction instruction : code) {
            if (instruction instanceof AsyncProduct product) {
                IntStream.of(product.sumNumbers).forEach(operands::set);
                IntStream.of(product.fragmentNumbers).forEach(operands::set);
            }
        }
        for (Instruction instruction : code) {
            int[] used = IntStream.concat(IntStream.of(instruction.reads), IntStream.of(instruction.writes))
                    .filter(operands::get)
                    .distinct()
                    .toArray();
            if (used.length > 0 && !(instruction instanceof AsyncProduct)) {
                instruction.asynchronous = used;
            }
        }
    }

    /** Indices of labels. */
    void link(Map<String, Integer> labels) {
        for (Instruction instruction : code) {
            if (instruction instanceof Branch branch) {
                branch.target = target(instruction, labels, branch.label);
            } else if (instruction instanceof IndexedBranch branch) {
                branch.targets = branch.labels.stream()
                        .mapToInt(label -> target(instruction, labels, label))
                        .toArray();
            }
        }
    }

    private static int target(Instruction instruction, Map<String, Integer> labels, String label) {
        Integer target = labels.get(label);
        if (target == null) {
            throw instruction.source.error("there is no label " + label);
        }
        return target;
    }
}
