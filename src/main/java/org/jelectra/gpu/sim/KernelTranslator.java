package org.jelectra.gpu.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jelectra.gpu.sim.ptx.PtxKernel;
import org.jelectra.gpu.sim.ptx.PtxModule;
import org.jelectra.gpu.sim.ptx.PtxStatement;
import org.jelectra.gpu.sim.ptx.PtxSyntaxException;
import org.jelectra.gpu.sim.ptx.PtxVariable;

/** Translates a kernel to a {@link Program}. */
final class KernelTranslator {

    private static final Set<String> ACCESSES = Set.of("ld", "ldu", "st", "atom", "red");

    private KernelTranslator() {}

    /**
     * @param globals addresses of the module's global and constant variables
     * @throws PtxSyntaxException naming the line that cannot be executed
     */
    static Program translate(PtxModule module, PtxKernel kernel, Map<String, Long> globals, Numerics numerics) {
        Program program = new Program(kernel.name());
        Symbols symbols = new Symbols();
        symbols.addGlobals(globals);
        symbols.addVariables(shared(module, kernel));
        symbols.addVariables(kernel.variables());
        symbols.addDynamicShared(module.variables());
        program.parameterOffsets = symbols.addParameters(kernel.parameters());
        program.parameterBytes = symbols.parameterBytes();
        program.staticSharedBytes = symbols.sharedBytes();
        program.localBytes = symbols.localBytes();
        program.maxThreads = kernel.maxThreads();
        program.deviceSums = numerics.sums();

        Registers registers = new Registers(kernel.registers());
        Translator translator = new Translator(registers, symbols, numerics);
        List<Instruction> code = new ArrayList<>();
        int[] starts = new int[kernel.statements().size() + 1];
        for (int i = 0; i < kernel.statements().size(); i++) {
            PtxStatement statement = kernel.statements().get(i);
            starts[i] = code.size();
            code.addAll(translate(translator, kernel, statement));
            note(program, statement);
        }
        starts[kernel.statements().size()] = code.size();
        code.add(end(kernel));
        program.code = code.toArray(Instruction[]::new);
        registers.complete(program);
        Map<String, Integer> labels = new HashMap<>();
        kernel.labels().forEach((label, statement) -> labels.put(label, starts[statement]));
        program.link(labels);
        DefiniteAssignment.mark(program);
        program.markAsynchronous();
        program.registers = RegisterPressure.estimate(program, registers);
        return program;
    }

    /** Shared variables of the module that the kernel names. */
    private static List<PtxVariable> shared(PtxModule module, PtxKernel kernel) {
        return module.variables().stream()
                .filter(variable -> variable.space().equals("shared")
                        && kernel.statements().stream()
                                .anyMatch(statement -> statement.text().contains(variable.name())))
                .toList();
    }

    private static List<Instruction> translate(Translator translator, PtxKernel kernel, PtxStatement statement) {
        translator.begin(statement);
        if (statement.opcode().startsWith("brx.idx")) {
            List<String> labels =
                    kernel.branchTargets().get(statement.operand(1).name());
            if (labels == null) {
                throw statement.error("there are no .branchtargets of that name");
            }
            translator.emit(new IndexedBranch(translator.ints(0), labels));
        } else {
            InstructionSet.translate(translator, statement);
        }
        return translator.finish();
    }

    /** What falls off the end of a kernel ends. */
    private static Instruction end(PtxKernel kernel) {
        Exit exit = new Exit();
        exit.hidden = true;
        exit.source = new PtxStatement(
                kernel.line(), "end of " + kernel.name(), null, false, "ret", List.of("ret"), List.of());
        return exit;
    }

    /** Notes what the race checks and the order of blocks depend on. */
    private static void note(Program program, PtxStatement s) {
        boolean access = ACCESSES.contains(s.base());
        if (access && !s.has("param") && !s.has("local")) {
            int bytes = PtxVariable.bytesOf(s.line(), s.part(-1));
            if (!s.has("global")) {
                program.sharedUnit = Math.min(program.sharedUnit, bytes);
            }
            if (!s.has("shared")) {
                program.globalUnit = Math.min(program.globalUnit, bytes);
            }
        }
        program.asynchronousProducts |= s.base().equals("wgmma");
        boolean floating = s.part(-1).startsWith("f") || s.part(-1).startsWith("bf");
        program.ordered |=
                !s.has("shared") && (s.base().equals("atom") || s.base().equals("red") && floating);
    }
}
