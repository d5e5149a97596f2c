package org.jelectra.gpu.sim.ptx;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.gpu.sim.ptx.PtxOperand.Kind;

/** Reads the operands of one statement. */
final class OperandParser {

    private final BodyParser scope;
    private final int line;
    private final String statement;

    OperandParser(BodyParser scope, int line, String statement) {
        this.scope = scope;
        this.line = line;
        this.statement = statement;
    }

    /** Operands that are separated by commas. */
    List<PtxOperand> list(String text) {
        List<PtxOperand> operands = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ',' : text.charAt(i);
            depth += "{[(".indexOf(c) >= 0 ? 1 : "}])".indexOf(c) >= 0 ? -1 : 0;
            if (c == ',' && depth == 0) {
                String part = text.substring(start, i).strip();
                if (!part.isEmpty()) {
                    operands.add(operand(part));
                }
                start = i + 1;
            }
        }
        return List.copyOf(operands);
    }

    private PtxOperand operand(String text) {
        requireSome(text);
        char first = text.charAt(0);
        String inside = text.substring(1, Math.max(1, text.length() - 1)).strip();
        if (first == '{') {
            return new PtxOperand(Kind.VECTOR, null, 0, list(inside));
        }
        if (first == '(') {
            return new PtxOperand(Kind.LIST, null, 0, list(inside));
        }
        if (first == '[') {
            return address(inside);
        }
        if (first == '!') {
            return new PtxOperand(
                    Kind.NEGATED, operand(text.substring(1).strip()).name(), 0, List.of());
        }
        int bar = text.indexOf('|');
        if (bar > 0) {
            PtxOperand left = operand(text.substring(0, bar).strip());
            PtxOperand right = operand(text.substring(bar + 1).strip());
            return new PtxOperand(Kind.PAIR, null, 0, List.of(left, right));
        }
        if (text.equals("_")) {
            return new PtxOperand(Kind.SINK, null, 0, List.of());
        }
        if (first == '-' || Character.isDigit(first)) {
            return number(text);
        }
        if (text.equals("WARP_SZ")) {
            return new PtxOperand(Kind.INTEGER, null, 32, List.of());
        }
        return name(text, false);
    }

    private void requireSome(String text) {
        if (text.isEmpty()) {
            throw new PtxSyntaxException(line, "an operand is missing: " + statement);
        }
    }

    private PtxOperand address(String text) {
        requireSome(text);
        char first = text.charAt(0);
        if (first == '-' || Character.isDigit(first)) {
            return new PtxOperand(Kind.SYMBOL_ADDRESS, null, number(text).bits(), List.of());
        }
        return name(text, true);
    }

    /** A register, a symbol, or either plus an offset. */
    private PtxOperand name(String text, boolean address) {
        int plus = text.indexOf('+');
        String name = plus < 0 ? text : text.substring(0, plus).strip();
        long offset = plus < 0 ? 0 : number(text.substring(plus + 1).strip()).bits();
        String register = scope.register(name);
        if (register == null && name.startsWith("%")) {
            register = name;
        }
        if (register != null) {
            if (!address && plus >= 0) {
                throw new PtxSyntaxException(line, "a register cannot have an offset here: " + statement);
            }
            return new PtxOperand(address ? Kind.REGISTER_ADDRESS : Kind.REGISTER, register, offset, List.of());
        }
        return new PtxOperand(address ? Kind.SYMBOL_ADDRESS : Kind.SYMBOL, scope.variable(name), offset, List.of());
    }

    private PtxOperand number(String text) {
        try {
            boolean negative = text.startsWith("-");
            String digits = negative ? text.substring(1).strip() : text;
            String lower = digits.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("0f")) {
                return new PtxOperand(Kind.FLOAT, null, Integer.parseUnsignedInt(lower.substring(2), 16), List.of());
            }
            if (lower.startsWith("0d")) {
                return new PtxOperand(Kind.DOUBLE, null, Long.parseUnsignedLong(lower.substring(2), 16), List.of());
            }
            if (!lower.startsWith("0x") && (lower.contains(".") || lower.contains("e"))) {
                long bits = Double.doubleToRawLongBits(Double.parseDouble(text));
                return new PtxOperand(Kind.DOUBLE, null, bits, List.of());
            }
            long value = integer(lower.endsWith("u") ? lower.substring(0, lower.length() - 1) : lower);
            return new PtxOperand(Kind.INTEGER, null, negative ? -value : value, List.of());
        } catch (NumberFormatException e) {
            throw new PtxSyntaxException(line, text + " is no number: " + statement);
        }
    }

    private static long integer(String digits) {
        if (digits.startsWith("0x")) {
            return Long.parseUnsignedLong(digits.substring(2), 16);
        }
        if (digits.startsWith("0b")) {
            return Long.parseUnsignedLong(digits.substring(2), 2);
        }
        return digits.length() > 1 && digits.startsWith("0")
                ? Long.parseUnsignedLong(digits, 8)
                : Long.parseUnsignedLong(digits);
    }
}
