package org.jelectra.gpu.sim.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jelectra.gpu.sim.ptx.PtxOperand.Kind;

/**
 * Puts the body of a function in the place of each call of it, with registers, labels and local variables of its own. Parameters of
 * calls become local memory, which nothing may read that nobody wrote.
 */
final class Calls {

    /** What takes the place of the library's calls that no function stands for. */
    private static final Map<String, String> KNOBS = Map.of(
            "vprintf", "printf is not executed: write to memory and print that",
            "malloc", "malloc and new are not executed: take memory as an argument",
            "free", "free and delete are not executed: take memory as an argument");

    private final Function<String, PtxFunction> functions;
    private final Map<String, String> registers = new LinkedHashMap<>();
    private final List<PtxVariable> variables = new ArrayList<>();
    private final List<PtxStatement> statements = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<String, List<String>> branchTargets = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private int copies;

    private Calls(Function<String, PtxFunction> functions) {
        this.functions = functions;
    }

    /**
     * The same kernel without calls.
     *
     * @param functions gives a function by its name, null where there is none
     */
    static PtxKernel expand(PtxKernel kernel, Function<String, PtxFunction> functions) {
        if (kernel.statements().stream().noneMatch(Calls::isCall)) {
            return kernel;
        }
        Calls calls = new Calls(functions);
        calls.append(kernel, "", Map.of(), null);
        return new PtxKernel(
                kernel.line(),
                kernel.name(),
                kernel.parameters(),
                calls.registers,
                calls.variables,
                calls.statements,
                calls.labels,
                calls.branchTargets,
                kernel.maxThreads());
    }

    private static boolean isCall(PtxStatement s) {
        return s.base().equals("call");
    }

    /**
     * @param suffix makes names unique
     * @param arguments the variables that parameters of the body stand for
     * @param end label that {@code ret} goes to; null in the kernel itself
     */
    private void append(PtxKernel body, String suffix, Map<String, String> arguments, String end) {
        Map<String, String> names = new HashMap<>(arguments);
        body.registers().forEach((name, type) -> {
            names.put(name, name + suffix);
            registers.put(name + suffix, type);
        });
        for (PtxVariable v : body.variables()) {
            String name = v.space().equals("local") ? v.name() + suffix : v.name();
            names.put(v.name(), name);
            variables.add(new PtxVariable(
                    v.line(), v.space(), v.external(), v.alignment(), v.type(), name, v.bytes(), v.initial()));
        }
        body.labels().keySet().forEach(label -> names.put(label, label + suffix));
        body.branchTargets()
                .forEach((name, targets) -> branchTargets.put(
                        name + suffix,
                        targets.stream().map(target -> target + suffix).toList()));
        int[] starts = new int[body.statements().size() + 1];
        for (int i = 0; i < body.statements().size(); i++) {
            starts[i] = statements.size();
            PtxStatement renamed = renamed(body.statements().get(i), names, end != null);
            if (isCall(renamed)) {
                call(renamed);
            } else {
                statements.add(end != null && renamed.base().equals("ret") ? branch(renamed, end) : renamed);
            }
        }
        starts[body.statements().size()] = statements.size();
        body.labels().forEach((label, index) -> labels.put(label + suffix, starts[index]));
    }

    private void call(PtxStatement s) {
        int at = 0;
        while (at < s.operands().size() && s.operand(at).kind() == Kind.LIST) {
            at++;
        }
        String name = s.operand(at).name();
        if (s.operand(at).kind() != Kind.SYMBOL) {
            throw s.error("calls through pointers are not executed");
        }
        if (name.equals("__assertfail")) {
            statements.add(with(s, List.of("trap"), List.of()));
            return;
        }
        if (s.guard() != null) {
            throw s.error("calls with a guard are not executed: branch around them");
        }
        if (open.contains(name)) {
            throw s.error("recursion is not executed: " + name + " calls itself");
        }
        PtxFunction function = functions.apply(name);
        if (function == null) {
            throw s.error(KNOBS.getOrDefault(name, "there is no function " + name));
        }
        Map<String, String> arguments = new HashMap<>();
        match(s, function.results(), at > 0 ? s.operand(0).parts() : List.of(), arguments);
        boolean some = at + 1 < s.operands().size();
        match(s, function.body().parameters(), some ? s.operand(at + 1).parts() : List.of(), arguments);
        String suffix = "@" + ++copies;
        String end = "end" + suffix;
        open.push(name);
        append(function.body(), suffix, arguments, end);
        open.pop();
        labels.put(end, statements.size());
    }

    private static void match(
            PtxStatement s, List<PtxVariable> formal, List<PtxOperand> actual, Map<String, String> arguments) {
        if (formal.size() != actual.size()) {
            throw s.error("expected " + formal.size() + " parameters, got " + actual.size());
        }
        for (int i = 0; i < formal.size(); i++) {
            if (actual.get(i).kind() != Kind.SYMBOL) {
                throw s.error("expected a variable in .param for each parameter");
            }
            arguments.put(formal.get(i).name(), actual.get(i).name());
        }
    }

    /** Accesses to parameters of calls are local ones; in a function there are no others. */
    private PtxStatement renamed(PtxStatement s, Map<String, String> names, boolean inside) {
        List<PtxOperand> operands =
                s.operands().stream().map(o -> renamed(o, names)).toList();
        String guard = s.guard() == null ? null : names.get(s.guard());
        boolean local = s.has("param")
                && (inside || operands.stream().anyMatch(o -> o.kind() == Kind.SYMBOL_ADDRESS && isLocal(o.name())));
        List<String> parts = local
                ? s.parts().stream().map(p -> p.equals("param") ? "local" : p).toList()
                : s.parts();
        return new PtxStatement(s.line(), s.text(), guard, s.guardNegated(), s.opcode(), parts, operands);
    }

    private boolean isLocal(String name) {
        return variables.stream()
                .anyMatch(v -> v.space().equals("local") && v.name().equals(name));
    }

    private static PtxOperand renamed(PtxOperand o, Map<String, String> names) {
        List<PtxOperand> parts = o.parts().stream().map(p -> renamed(p, names)).toList();
        String name = o.name() == null ? null : names.getOrDefault(o.name(), o.name());
        return new PtxOperand(o.kind(), name, o.bits(), parts);
    }

    private static PtxStatement branch(PtxStatement s, String label) {
        return with(s, List.of("bra"), List.of(new PtxOperand(Kind.SYMBOL, label, 0, List.of())));
    }

    private static PtxStatement with(PtxStatement s, List<String> parts, List<PtxOperand> operands) {
        return new PtxStatement(
                s.line(), s.text(), s.guard(), s.guardNegated(), String.join(".", parts), parts, operands);
    }
}
