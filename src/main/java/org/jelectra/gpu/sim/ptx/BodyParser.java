package org.jelectra.gpu.sim.ptx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the body of a kernel: declarations, labels and statements in nested scopes. */
final class BodyParser {

    private static final Pattern REGISTERS = Pattern.compile("\\.reg \\.(\\w+) (.+)");
    private static final Pattern REGISTER = Pattern.compile("([\\w$%]+)(?: ?< ?(\\d+) ?>)?");
    /** NVIDIA's compiler declares some 12,000 for the largest kernels that ship. */
    private static final int MOST_REGISTERS = 1 << 20;

    private final SourceText source;
    private final Map<String, String> registers = new LinkedHashMap<>();
    private final List<PtxVariable> variables = new ArrayList<>();
    private final List<PtxStatement> statements = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<String, List<String>> branchTargets = new HashMap<>();
    /** For each open scope, the innermost last: declared name to unique name. */
    private final Deque<Map<String, String>> scopes = new ArrayDeque<>();

    private String lastLabel = "";
    /** How many parameters of calls are declared so far. */
    private int arguments;

    BodyParser(SourceText source) {
        this.source = source;
    }

    PtxKernel kernel(int line, String name, List<PtxVariable> parameters, int maxThreads) {
        return new PtxKernel(
                line, name, parameters, registers, variables, statements, labels, branchTargets, maxThreads);
    }

    /** Reads from the opening brace to behind the closing one. */
    void parse() {
        do {
            if (!source.skipSpace()) {
                throw new PtxSyntaxException(source.line(), "the source ends inside a kernel");
            }
            if (source.peek() == '{') {
                scopes.push(new HashMap<>());
                source.advance();
            } else if (source.peek() == '}') {
                scopes.pop();
                source.advance();
            } else if (source.startsWith(".loc ") || source.startsWith(".loc\t")) {
                source.takeUntil("\n");
            } else {
                element();
            }
        } while (!scopes.isEmpty());
    }

    private void element() {
        int line = source.line();
        String label = source.takeLabel();
        if (label != null) {
            if (labels.put(label, statements.size()) != null) {
                throw new PtxSyntaxException(line, "label " + label + " stands here for the second time");
            }
            lastLabel = label;
            return;
        }
        String text = source.takeUntil(";");
        source.advance();
        if (text.startsWith(".reg ")) {
            declareRegisters(line, text);
        } else if (text.startsWith(".branchtargets")) {
            branchTargets.put(lastLabel, List.of(text.substring(14).strip().split(" ?, ?")));
        } else if (DeclarationParser.isVariable(text)) {
            declareVariable(DeclarationParser.variable(line, text));
        } else if (!text.isEmpty() && !text.startsWith(".pragma")) {
            statements.add(statement(line, text));
        }
    }

    private void declareRegisters(int line, String text) {
        Matcher registers = REGISTERS.matcher(text);
        if (!registers.matches()) {
            throw new PtxSyntaxException(line, "these are no registers that can be read: " + text);
        }
        String type = registers.group(1);
        for (String declared : registers.group(2).split(",")) {
            Matcher register = REGISTER.matcher(declared.strip());
            if (!register.matches()) {
                throw new PtxSyntaxException(line, "this is no register that can be read: " + declared.strip());
            }
            String name = register.group(1);
            if (register.group(2) == null) {
                declare(line, name, type);
                continue;
            }
            int count = DeclarationParser.times(line, 1, register.group(2));
            if (count > MOST_REGISTERS) {
                throw new PtxSyntaxException(
                        line, "expected at most " + MOST_REGISTERS + " registers at once, found " + count);
            }
            for (int i = 0; i < count; i++) {
                declare(line, name + i, type);
            }
        }
    }

    /** A parameter of a call is declared once for each call: its name is made unique, and it lies in local memory. */
    private void declareVariable(PtxVariable v) {
        if (!v.space().equals("param")) {
            variables.add(v);
            return;
        }
        String unique = v.name() + ":" + ++arguments;
        scopes.getFirst().put(v.name(), unique);
        variables.add(new PtxVariable(v.line(), "local", false, v.alignment(), v.type(), unique, v.bytes(), List.of()));
    }

    private void declare(int line, String name, String type) {
        if (!type.equals("pred")) {
            PtxVariable.bytesOf(line, type);
        }
        String unique = name;
        for (int i = 2; registers.containsKey(unique); i++) {
            unique = name + "#" + i;
        }
        registers.put(unique, type);
        scopes.getFirst().put(name, unique);
    }

    /** Unique name of a register that is visible here; null where it is none. */
    String register(String name) {
        String unique = visible(name);
        return registers.containsKey(unique) ? unique : null;
    }

    /** Unique name of a variable that is visible here, such as a parameter of a call; the name itself where it has no other. */
    String variable(String name) {
        String unique = visible(name);
        return unique == null ? name : unique;
    }

    private String visible(String name) {
        for (Map<String, String> scope : scopes) {
            String unique = scope.get(name);
            if (unique != null) {
                return unique;
            }
        }
        return null;
    }

    private PtxStatement statement(int line, String text) {
        String rest = text;
        String guard = null;
        boolean negated = false;
        if (rest.startsWith("@")) {
            negated = rest.startsWith("@!");
            int space = rest.indexOf(' ');
            if (space < 0) {
                throw new PtxSyntaxException(line, "a guard without an instruction: " + text);
            }
            String name = rest.substring(negated ? 2 : 1, space);
            guard = register(name);
            if (guard == null) {
                throw new PtxSyntaxException(line, "the guard " + name + " is not declared: " + text);
            }
            rest = rest.substring(space + 1);
        }
        int space = rest.indexOf(' ');
        String opcode = space < 0 ? rest : rest.substring(0, space);
        OperandParser operands = new OperandParser(this, line, text);
        return new PtxStatement(
                line,
                text,
                guard,
                negated,
                opcode,
                List.of(opcode.split("\\.|::")),
                operands.list(space < 0 ? "" : rest.substring(space + 1)));
    }
}
