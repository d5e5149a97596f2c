package org.jelectra.gpu.sim;

import java.util.BitSet;
import java.util.stream.IntStream;

/** Estimates the registers that a thread needs: the most 32-bit registers whose values are still wanted at one place. */
final class RegisterPressure {

    private RegisterPressure() {}

    /** The estimate, at least 1; a compiler needs a few more or less. */
    static int estimate(Program program, Registers registers) {
        Instruction[] code = program.code;
        BitSet[] wanted = new BitSet[code.length];
        for (int i = 0; i < code.length; i++) {
            wanted[i] = new BitSet();
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = code.length - 1; i >= 0; i--) {
                changed |= update(code, wanted, i);
            }
        }
        int[] words = IntStream.range(0, program.registerNames.length)
                .map(number -> words(registers.bytes(registers.name(number))))
                .toArray();
        int most = 1;
        for (BitSet set : wanted) {
            int sum = 0;
            for (int number = set.nextSetBit(0); number >= 0; number = set.nextSetBit(number + 1)) {
                sum += words[number];
            }
            most = Math.max(most, sum);
        }
        return most;
    }

    /** Of a register of so many bytes; predicates have their own. */
    private static int words(int bytes) {
        return bytes == 8 ? 2 : bytes == 1 ? 0 : 1;
    }

    private static boolean update(Instruction[] code, BitSet[] wanted, int index) {
        BitSet set = new BitSet();
        for (int next : ControlFlow.successors(code, index)) {
            set.or(wanted[next]);
        }
        if (code[index].guard == Instruction.NONE) {
            for (int register : code[index].writes) {
                set.clear(register);
            }
        }
        for (int register : code[index].reads) {
            set.set(register);
        }
        boolean changed = !set.equals(wanted[index]);
        wanted[index] = set;
        return changed;
    }
}
