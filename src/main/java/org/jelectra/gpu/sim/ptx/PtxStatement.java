package org.jelectra.gpu.sim.ptx;

import java.util.List;
import java.util.Set;

/**
 * One instruction.
 *
 * @param line number of its first line in the source, from 1
 * @param text the source, on one line
 * @param guard the predicate of {@code @p}; null where there is none
 * @param guardNegated whether it is {@code @!p}
 * @param opcode with all modifiers
 * @param parts the opcode, split at its dots
 */
public record PtxStatement(
        int line,
        String text,
        String guard,
        boolean guardNegated,
        String opcode,
        List<String> parts,
        List<PtxOperand> operands) {

    /** Whether the opcode has the modifier. */
    public boolean has(String modifier) {
        return parts.indexOf(modifier) > 0;
    }

    /** An error about the first modifier, or type, that is not among those that are known. */
    public void requireModifiers(Set<String> known) {
        for (String part : parts.subList(1, parts.size())) {
            if (!known.contains(part)) {
                throw error("unknown modifier ." + part);
            }
        }
    }

    /** The opcode without modifiers. */
    public String base() {
        return parts.get(0);
    }

    /** Part of the opcode, from 0; negative counts from the end. */
    public String part(int index) {
        return parts.get(index < 0 ? parts.size() + index : index);
    }

    /** Operand by its position. */
    public PtxOperand operand(int index) {
        if (index >= operands.size()) {
            throw error("has only " + operands.size() + " operands");
        }
        return operands.get(index);
    }

    /** An error that names this statement. */
    public PtxSyntaxException error(String message) {
        return new PtxSyntaxException(line, message + ": " + text);
    }
}
