package org.jelectra.gpu.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jelectra.gpu.sim.ptx.PtxOperand;
import org.jelectra.gpu.sim.ptx.PtxOperand.Kind;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/**
 * Translates one statement: gives registers for its operands and collects its instructions. Where a register is of another class
 * than the operation needs, a hidden instruction before or behind moves the bits.
 */
final class Translator {

    /** Opcodes that the units for special functions execute, whether alone or as the first of several instructions. */
    private static final Set<String> SPECIAL = Set.of("ex2", "lg2", "rcp", "rsqrt", "sqrt", "sin", "cos", "tanh");

    private final Registers registers;
    private final Symbols symbols;
    private final Numerics numerics;
    private final List<Instruction> before = new ArrayList<>();
    private final List<Instruction> main = new ArrayList<>();
    private final List<Instruction> behind = new ArrayList<>();
    private final List<Integer> reads = new ArrayList<>();
    private final List<Integer> writes = new ArrayList<>();
    private PtxStatement statement;

    Translator(Registers registers, Symbols symbols, Numerics numerics) {
        this.registers = registers;
        this.symbols = symbols;
        this.numerics = numerics;
    }

    Numerics numerics() {
        return numerics;
    }

    void begin(PtxStatement next) {
        statement = next;
        before.clear();
        main.clear();
        behind.clear();
        reads.clear();
        writes.clear();
    }

    /** One of the statement's instructions. */
    void emit(Instruction instruction) {
        instruction.hidden = !main.isEmpty();
        main.add(instruction);
    }

    /** All instructions of the statement. */
    List<Instruction> finish() {
        List<Instruction> all = new ArrayList<>();
        before.forEach(instruction -> instruction.hidden = true);
        behind.forEach(instruction -> instruction.hidden = true);
        all.addAll(before);
        all.addAll(main);
        all.addAll(behind);
        for (Instruction instruction : all) {
            instruction.source = statement;
            instruction.special = SPECIAL.contains(statement.base());
            if (statement.guard() != null) {
                instruction.guard = registers.slot(statement.guard());
                instruction.guardNegated = statement.guardNegated();
                instruction.guardRegister = registers.number(statement.guard());
            }
        }
        if (statement.guard() != null) {
            reads.add(all.get(0).guardRegister);
        }
        all.get(0).reads = reads.stream().mapToInt(i -> i).toArray();
        all.get(all.size() - 1).writes = writes.stream().mapToInt(i -> i).toArray();
        return all;
    }

    /** Class of the register or constant of an operand, where it counts for the choice of an instruction. */
    RegisterClass classOf(PtxOperand operand, RegisterClass otherwise) {
        return operand.kind() == Kind.REGISTER && registers.isDeclared(operand.name())
                ? registers.registerClass(operand.name())
                : otherwise;
    }

    /** Number of the register of an operand among all registers. */
    int number(PtxOperand operand) {
        return registers.number(operand.name());
    }

    /** Bytes of the register of an operand; 4 where it is none. */
    int bytesOf(PtxOperand operand) {
        return operand.kind() == Kind.REGISTER ? registers.bytes(operand.name()) : 4;
    }

    /** A register of the class that holds the operand. */
    int source(PtxOperand operand, RegisterClass wanted) {
        switch (operand.kind()) {
            case REGISTER:
                if (!registers.isDeclared(operand.name())) {
                    return special(operand, wanted);
                }
                reads.add(registers.number(operand.name()));
                RegisterClass actual = registers.registerClass(operand.name());
                int slot = registers.slot(operand.name());
                if (actual == wanted) {
                    return slot;
                }
                int moved = registers.temporary(wanted);
                before.add(Moves.bits(statement, actual, slot, wanted, moved));
                return moved;
            case NEGATED:
                reads.add(registers.number(operand.name()));
                int negated = registers.temporary(RegisterClass.PREDICATE);
                int of = registers.slot(operand.name());
                before.add(new Custom((warp, lanes) -> warp.predicates[negated] = ~warp.predicates[of]));
                return negated;
            case SYMBOL:
                return registers.constant(wanted, symbols.address(statement, operand.name()) + operand.bits());
            default:
                if (!operand.isConstant()) {
                    throw statement.error("an operand is of a kind that is not expected here");
                }
                return registers.constant(wanted, constantBits(operand, wanted));
        }
    }

    private static long constantBits(PtxOperand operand, RegisterClass wanted) {
        if (operand.kind() == Kind.DOUBLE && wanted == RegisterClass.FLOAT) {
            return Float.floatToRawIntBits((float) Double.longBitsToDouble(operand.bits()));
        }
        if (operand.kind() == Kind.FLOAT && wanted == RegisterClass.DOUBLE) {
            return Double.doubleToRawLongBits(Float.intBitsToFloat((int) operand.bits()));
        }
        return operand.bits();
    }

    private int special(PtxOperand operand, RegisterClass wanted) {
        SpecialRegister register = SpecialRegister.named(operand.name());
        if (register == null) {
            throw statement.error("unknown special register " + operand.name());
        }
        int slot = registers.special(register);
        if (wanted == RegisterClass.INT) {
            return slot;
        }
        int moved = registers.temporary(wanted);
        before.add(Moves.bits(statement, RegisterClass.INT, slot, wanted, moved));
        return moved;
    }

    int ints(int operand) {
        return source(statement.operand(operand), RegisterClass.INT);
    }

    int floats(int operand) {
        return source(statement.operand(operand), RegisterClass.FLOAT);
    }

    int longs(int operand) {
        return source(statement.operand(operand), RegisterClass.LONG);
    }

    int doubles(int operand) {
        return source(statement.operand(operand), RegisterClass.DOUBLE);
    }

    int predicates(int operand) {
        return source(statement.operand(operand), RegisterClass.PREDICATE);
    }

    /** A register of the class for a result. */
    int target(PtxOperand operand, RegisterClass wanted) {
        if (operand.kind() == Kind.SINK) {
            return registers.temporary(wanted);
        }
        if (operand.kind() != Kind.REGISTER || !registers.isDeclared(operand.name())) {
            throw statement.error("a result must go to a declared register");
        }
        writes.add(registers.number(operand.name()));
        RegisterClass actual = registers.registerClass(operand.name());
        int slot = registers.slot(operand.name());
        if (actual == wanted) {
            return slot;
        }
        int moved = registers.temporary(wanted);
        behind.add(Moves.bits(statement, wanted, moved, actual, slot));
        return moved;
    }

    int intTarget() {
        return target(statement.operand(0), RegisterClass.INT);
    }

    int floatTarget() {
        return target(statement.operand(0), RegisterClass.FLOAT);
    }

    int longTarget() {
        return target(statement.operand(0), RegisterClass.LONG);
    }

    int doubleTarget() {
        return target(statement.operand(0), RegisterClass.DOUBLE);
    }

    int predicateTarget() {
        return target(statement.operand(0), RegisterClass.PREDICATE);
    }

    /** A register that no name has. */
    int temporary(RegisterClass registerClass) {
        return registers.temporary(registerClass);
    }

    /** A register that always holds a number. */
    int constant(RegisterClass registerClass, long bits) {
        return registers.constant(registerClass, bits);
    }

    /** An instruction to be executed before the statement's own. */
    void prepare(Instruction instruction) {
        before.add(instruction);
    }

    /** An instruction to be executed behind the statement's own. */
    void complete(Instruction instruction) {
        behind.add(0, instruction);
    }
}
