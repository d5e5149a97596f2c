package org.jelectra.gpu.sim;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jelectra.gpu.sim.ptx.PtxOperand;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/** Translates what warpgroups do together: asynchronous products (PTX ISA, {@code wgmma}). */
final class WarpgroupInstructions {

    private static final Pattern PRODUCT =
            Pattern.compile("wgmma\\.mma_async\\.sync\\.aligned\\.m64n(\\d+)k16\\.f32\\.bf16\\.bf16");

    private WarpgroupInstructions() {}

    static void translate(Translator t, PtxStatement s) {
        switch (s.opcode()) {
            case "wgmma.fence.sync.aligned" -> emit(t, (warp, lanes) -> warp.products.registers.fence());
            case "wgmma.commit_group.sync.aligned" -> emit(t, (warp, lanes) -> warp.products.commit());
            case "wgmma.wait_group.sync.aligned" -> {
                int pending = (int) s.operand(0).bits();
                emit(t, (warp, lanes) -> warp.products.await(pending));
            }
            default -> product(t, s);
        }
    }

    private static void emit(Translator t, Custom.Body body) {
        t.emit(new WarpCustom(Instruction.NONE, body));
    }

    private static void product(Translator t, PtxStatement s) {
        Matcher product = PRODUCT.matcher(s.opcode());
        int columns = product.matches() ? Integer.parseInt(product.group(1)) : 0;
        if (columns < 8 || columns > 256 || columns % 8 != 0) {
            throw s.error("only wgmma.mma_async.sync.aligned.m64nNk16.f32.bf16.bf16 with N = 8, 16, ..., 256 is known");
        }
        if (s.operand(3).kind() != PtxOperand.Kind.REGISTER) {
            throw s.error("scale-d must be a predicate");
        }
        boolean inRegisters = s.operand(1).kind() == PtxOperand.Kind.VECTOR;
        if (s.operands().size() != (inRegisters ? 7 : 8)) {
            throw s.error(
                    "operands must be d, a, b, scale-d, the scales of a and b, and what of a and b is transposed");
        }
        AsyncProduct.Registered sums = registers(t, s, s.operand(0).parts(), RegisterClass.FLOAT, columns / 2);
        AsyncProduct.Registered fragments =
                registers(t, s, s.operand(1).parts(), RegisterClass.INT, inRegisters ? 4 : 0);
        AsyncProduct.Operand left = inRegisters
                ? new AsyncProduct.Operand(null, Instruction.NONE)
                : new AsyncProduct.Operand(new MatrixDescriptor(flag(s, 6)), t.longs(1));
        AsyncProduct.Operand right =
                new AsyncProduct.Operand(new MatrixDescriptor(flag(s, inRegisters ? 6 : 7)), t.longs(2));
        t.emit(new AsyncProduct(sums, fragments, left, right, t.predicates(3), scale(s, 4) * scale(s, 5)));
        s.operand(0).parts().forEach(part -> t.target(part, RegisterClass.FLOAT));
    }

    /** Registers that an instruction uses in place: they must be declared as what it takes. */
    private static AsyncProduct.Registered registers(
            Translator t, PtxStatement s, List<PtxOperand> operands, RegisterClass registerClass, int count) {
        if (operands.size() != count) {
            throw s.error("a vector of " + count + " registers is needed, got " + operands.size());
        }
        for (PtxOperand operand : operands) {
            if (operand.kind() != PtxOperand.Kind.REGISTER
                    || t.classOf(operand, null) != registerClass
                    || t.bytesOf(operand) != 4) {
                throw s.error(operand.name() + " must be a register of 32 bits, of type f32 in d");
            }
        }
        return new AsyncProduct.Registered(
                operands.stream().mapToInt(o -> t.source(o, registerClass)).toArray(),
                operands.stream().mapToInt(t::number).toArray());
    }

    private static int scale(PtxStatement s, int operand) {
        long scale = s.operand(operand).bits();
        if (scale != 1 && scale != -1) {
            throw s.error("scales must be 1 or -1");
        }
        return (int) scale;
    }

    private static boolean flag(PtxStatement s, int operand) {
        long flag = s.operand(operand).bits();
        if (flag != 0 && flag != 1) {
            throw s.error("whether an operand is transposed must be 0 or 1");
        }
        return flag == 1;
    }
}
