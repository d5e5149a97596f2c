package org.jelectra.gpu.sim;

import java.util.HashMap;
import java.util.Map;
import org.jelectra.gpu.sim.ptx.PtxStatement;

/** What each opcode is translated by. */
final class InstructionSet {

    /** Translates statements of one opcode. */
    @FunctionalInterface
    private interface Translation {
        void translate(Translator t, PtxStatement s);
    }

    private static final Map<String, Translation> TRANSLATIONS = new HashMap<>();

    static {
        for (String arithmetic :
                "abs add and bfe bfi bfind brev clz cnot copysign cos div dp2a dp4a ex2 fma lg2 lop3 mad mad24"
                        .concat(
                                " max min mul mul24 neg not or popc prmt rcp rem rsqrt sad shf shl shr sin sqrt sub tanh xor")
                        .split(" ")) {
            TRANSLATIONS.put(arithmetic, Arithmetic::translate);
        }
        for (String carrying : new String[] {"addc", "subc", "madc"}) {
            TRANSLATIONS.put(carrying, Carries::translate);
        }
        TRANSLATIONS.put("mov", Moves::translate);
        TRANSLATIONS.put("cvt", Conversion::translate);
        TRANSLATIONS.put("setp", Choices::setPredicate);
        TRANSLATIONS.put("set", Choices::setNumber);
        TRANSLATIONS.put("selp", Choices::select);
        TRANSLATIONS.put("ld", MemoryInstructions::load);
        TRANSLATIONS.put("ldu", MemoryInstructions::load);
        TRANSLATIONS.put("st", MemoryInstructions::store);
        TRANSLATIONS.put("atom", MemoryInstructions::atomic);
        TRANSLATIONS.put("red", MemoryInstructions::atomic);
        TRANSLATIONS.put("prefetch", MemoryInstructions::prefetch);
        TRANSLATIONS.put("cvta", MemoryInstructions::convertAddress);
        TRANSLATIONS.put("cp", MemoryInstructions::asyncCopy);
        TRANSLATIONS.put("shfl", WarpInstructions::shuffle);
        TRANSLATIONS.put("vote", Votes::vote);
        TRANSLATIONS.put("match", Votes::match);
        TRANSLATIONS.put("redux", Votes::reduce);
        TRANSLATIONS.put("activemask", Votes::activeMask);
        TRANSLATIONS.put("ldmatrix", WarpInstructions::loadMatrix);
        TRANSLATIONS.put("mma", WarpInstructions::matrixProduct);
        TRANSLATIONS.put("wgmma", WarpgroupInstructions::translate);
        TRANSLATIONS.put("fence", Fences::translate);
        TRANSLATIONS.put("membar", Fences::translate);
        TRANSLATIONS.put("bar", WarpInstructions::barrier);
        TRANSLATIONS.put("barrier", WarpInstructions::barrier);
        TRANSLATIONS.put("bra", WarpInstructions::branch);
        TRANSLATIONS.put("ret", (t, s) -> t.emit(new Exit()));
        TRANSLATIONS.put("exit", (t, s) -> t.emit(new Exit()));
        TRANSLATIONS.put(
                "trap",
                (t, s) -> t.emit(new Custom((warp, lanes) -> {
                    throw warp.fault(FaultKind.TRAP, Lanes.first(lanes), 0, "the kernel ended itself");
                })));
        for (String nothing : new String[] {"prefetchu", "nanosleep", "discard"}) {
            TRANSLATIONS.put(nothing, (t, s) -> t.emit(new Custom((warp, lanes) -> {})));
        }
    }

    private InstructionSet() {}

    static void translate(Translator translator, PtxStatement statement) {
        Translation translation = TRANSLATIONS.get(statement.base());
        if (translation == null) {
            throw statement.error("unknown instruction");
        }
        translation.translate(translator, statement);
    }
}
