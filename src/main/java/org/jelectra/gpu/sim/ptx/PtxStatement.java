package org.jelectra.gpu.sim.ptx;

import java.util.List;

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
