package org.jelectra.gpu.sim;

import java.util.List;
import org.jelectra.gpu.sim.ptx.PtxOperand;
import org.jelectra.gpu.sim.ptx.PtxStatement;
import org.jelectra.gpu.sim.ptx.PtxVariable;

/** Translates loads, stores, atomic operations and conversions of addresses. */
final class MemoryInstructions {

    private MemoryInstructions() {}

    static void load(Translator t, PtxStatement s) {
        translate(t, s, s.operand(0), s.operand(1), false);
    }

    static void store(Translator t, PtxStatement s) {
        translate(t, s, s.operand(1), s.operand(0), true);
    }

    private static void translate(Translator t, PtxStatement s, PtxOperand values, PtxOperand address, boolean write) {
        List<PtxOperand> registers = values.kind() == PtxOperand.Kind.VECTOR ? values.parts() : List.of(values);
        int bytes = PtxVariable.bytesOf(s.line(), s.part(-1));
        Space space = space(t, s, address);
        Transfer[] transfers = new Transfer[registers.size()];
        for (int i = 0; i < transfers.length; i++) {
            transfers[i] = transfer(t, s, registers.get(i), i * bytes, bytes, !write);
        }
        t.emit(new LoadStore(space, checkedBytes(s, bytes * transfers.length), write, Access.of(s), transfers));
    }

    private static int checkedBytes(PtxStatement s, int bytes) {
        if (bytes > 16) {
            throw s.error("an access has at most 16 bytes");
        }
        return bytes;
    }

    private static Transfer transfer(
            Translator t, PtxStatement s, PtxOperand operand, int delta, int bytes, boolean load) {
        String type = s.part(-1);
        RegisterClass byType = RegisterClass.of(type);
        RegisterClass own = t.classOf(operand, byType);
        boolean sameSize = bytes == 8 == (own == RegisterClass.LONG || own == RegisterClass.DOUBLE)
                && (bytes >= 4 || own == RegisterClass.INT);
        RegisterClass registerClass = sameSize ? own : byType;
        int registerBytes = sameSize ? t.bytesOf(operand) : 4;
        if (load && !sameSize && type.startsWith("s") && own == RegisterClass.LONG) {
            return Transfer.of(RegisterClass.INT, signExtended(t, operand), delta, bytes, true, 4);
        }
        int slot = load ? t.target(operand, registerClass) : t.source(operand, registerClass);
        return Transfer.of(registerClass, slot, delta, bytes, type.startsWith("s"), registerBytes);
    }

    /** An INT register whose value goes to the operand, a LONG register, with its sign. */
    private static int signExtended(Translator t, PtxOperand operand) {
        int slot = t.temporary(RegisterClass.INT);
        int d = t.target(operand, RegisterClass.LONG);
        t.complete(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                warp.longs[d][lane] = warp.ints[slot][lane];
            }
        }));
        return slot;
    }

    /** The state space of an access: by the opcode, and of its address. */
    private static Space space(Translator t, PtxStatement s, PtxOperand address) {
        for (String part : s.parts()) {
            switch (part) {
                case "global", "const" -> {
                    return new GlobalSpace(base(t, address, RegisterClass.LONG), offset(address));
                }
                case "shared" -> {
                    return new SharedSpace(base(t, address, RegisterClass.INT), offset(address));
                }
                case "local" -> {
                    return new LocalSpace(base(t, address, RegisterClass.INT), offset(address));
                }
                case "param" -> {
                    return new ParameterSpace(base(t, address, RegisterClass.INT), offset(address));
                }
                default -> {}
            }
        }
        return new GenericSpace(base(t, address, RegisterClass.LONG), offset(address));
    }

    /** Register with the base of an address. */
    static int base(Translator t, PtxOperand address, RegisterClass registerClass) {
        PtxOperand.Kind kind = switch (address.kind()) {
            case REGISTER_ADDRESS -> PtxOperand.Kind.REGISTER;
            case SYMBOL_ADDRESS -> address.name() == null ? PtxOperand.Kind.INTEGER : PtxOperand.Kind.SYMBOL;
            default -> address.kind();
        };
        long bits = kind == PtxOperand.Kind.INTEGER ? address.bits() : 0;
        return t.source(new PtxOperand(kind, address.name(), bits, List.of()), registerClass);
    }

    /** Bytes to be added to the base. */
    static long offset(PtxOperand address) {
        return address.name() == null ? 0 : address.bits();
    }

    /** {@code atom} and {@code red}. */
    static void atomic(Translator t, PtxStatement s) {
        boolean returns = s.base().equals("atom");
        String type = s.part(-1);
        int bytes = PtxVariable.bytesOf(s.line(), type);
        if (bytes < 4 || type.contains("x2")) {
            throw s.error("unknown instruction");
        }
        String operation = s.parts().stream()
                .filter(part -> part.matches("add|min|max|exch|cas|and|or|xor|inc|dec"))
                .findFirst()
                .orElseThrow(() -> s.error("unknown instruction"));
        RegisterClass registerClass = bytes == 8 ? RegisterClass.LONG : RegisterClass.INT;
        int at = returns ? 1 : 0;
        Space space = space(t, s, s.operand(at));
        int operand = value(t, s.operand(at + 1), type, registerClass);
        int second = operation.equals("cas") ? value(t, s.operand(at + 2), type, registerClass) : operand;
        int d = returns ? t.target(s.operand(0), registerClass) : Instruction.NONE;
        t.emit(new Atomic(space, bytes, AtomicUpdates.of(s, operation, type), Access.of(s), d, operand, second));
    }

    /** A constant is converted to the type first, and its bits are taken then. */
    private static int value(Translator t, PtxOperand operand, String type, RegisterClass registerClass) {
        if (!operand.isConstant() || !type.startsWith("f")) {
            return t.source(operand, registerClass);
        }
        int constant = t.source(operand, RegisterClass.of(type));
        int bits = t.temporary(registerClass);
        t.prepare(Moves.bits(null, RegisterClass.of(type), constant, registerClass, bits));
        return bits;
    }

    /** {@code cvta}: between generic addresses and those of one space. */
    static void convertAddress(Translator t, PtxStatement s) {
        long tag = s.has("shared") ? Space.GENERIC_SHARED : s.has("local") ? Space.GENERIC_LOCAL : 0;
        boolean toSpace = s.has("to");
        int a = t.longs(1);
        int d = t.longTarget();
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Lanes.first(rest);
                long address = warp.longs[a][lane];
                warp.longs[d][lane] = toSpace ? address & ~tag : address | tag;
            }
        }));
    }

    /** {@code prefetch}, which changes nothing: there must be global memory where it asks for some. */
    static void prefetch(Translator t, PtxStatement s) {
        if (!s.has("global")) {
            throw s.error("unknown instruction");
        }
        PtxOperand address = s.operand(0);
        GlobalSpace space = new GlobalSpace(base(t, address, RegisterClass.LONG), offset(address));
        t.emit(new Custom((warp, lanes) -> {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                space.requireInside(warp, Lanes.first(rest));
            }
        }));
    }

    /** {@code cp.async} and the instructions that commit and await it. */
    static void asyncCopy(Translator t, PtxStatement s) {
        if (!s.part(1).equals("async") || s.has("bulk") || s.has("mbarrier")) {
            throw s.error("unknown instruction");
        }
        switch (s.part(2)) {
            case "commit_group" -> t.emit(new AsyncWait(true, Instruction.NONE));
            case "wait_group" -> t.emit(new AsyncWait(false, (int) s.operand(0).bits()));
            case "wait_all" -> t.emit(new AsyncWait(true, 0));
            default -> {
                PtxOperand to = s.operand(0);
                int bytes = (int) s.operand(2).bits();
                GlobalSpace[] sources = new GlobalSpace[bytes];
                int base = base(t, s.operand(1), RegisterClass.LONG);
                for (int i = 0; i < bytes; i++) {
                    sources[i] = new GlobalSpace(base, offset(s.operand(1)) + i);
                }
                boolean partial =
                        s.operands().size() > 3 && t.classOf(s.operand(3), RegisterClass.INT) == RegisterClass.INT;
                if (s.operands().size() > 3 && !partial) {
                    throw s.error("cp.async with an ignore-src predicate is not known");
                }
                int size = partial ? t.ints(3) : Instruction.NONE;
                t.emit(new AsyncCopy(base(t, to, RegisterClass.INT), offset(to), sources, bytes, size));
            }
        }
    }
}
