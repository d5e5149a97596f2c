package org.jelectra.gpu.sim.ptx;

import java.util.List;

/**
 * An operand of a statement.
 *
 * @param name the register or symbol; of an address its base, or null where it is a number
 * @param bits the number; of a symbol or address the offset in bytes
 * @param parts elements of a vector, list or pair
 */
public record PtxOperand(Kind kind, String name, long bits, List<PtxOperand> parts) {

    /** Forms of operands. */
    public enum Kind {
        /** A declared or special register. */
        REGISTER,
        /** A predicate register with {@code !} before it. */
        NEGATED,
        /** An integer. */
        INTEGER,
        /** A float, as its 32 bits. */
        FLOAT,
        /** A double, as its 64 bits. */
        DOUBLE,
        /** A variable or label, perhaps with an offset. */
        SYMBOL,
        /** {@code [base + offset]} with a register as base. */
        REGISTER_ADDRESS,
        /** {@code [symbol + offset]}, or a number alone. */
        SYMBOL_ADDRESS,
        /** {@code {a, b, ...}}. */
        VECTOR,
        /** {@code a|b}. */
        PAIR,
        /** {@code (a, b, ...)}, of calls. */
        LIST,
        /** {@code _}: a result that nobody wants. */
        SINK
    }

    /** Whether it is a number. */
    public boolean isConstant() {
        return kind == Kind.INTEGER || kind == Kind.FLOAT || kind == Kind.DOUBLE;
    }

    /**
     * Reads a number, such as an initial value.
     *
     * @throws PtxSyntaxException where it is none
     */
    public static PtxOperand constant(int line, String text) {
        PtxOperand operand = new OperandParser(new BodyParser(new SourceText("")), line, text)
                .list(text)
                .get(0);
        if (!operand.isConstant()) {
            throw new PtxSyntaxException(line, "initial values must be numbers, got " + text);
        }
        return operand;
    }
}
