package org.jelectra.gpu.sim.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what stands at the top level of a module. */
final class ModuleParser {

    private static final Pattern ENTRY = Pattern.compile("\\.entry ([\\w$]+) ?(?:\\( ?(.*?) ?\\))?(.*)");
    private static final Pattern FUNCTION =
            Pattern.compile("\\.func (?:\\.\\w+ )*(?:\\( ?(.*?) ?\\) ?)?([\\w$]+) ?(?:\\( ?(.*?) ?\\))?");
    private static final Pattern MAX_THREADS =
            Pattern.compile("\\.(?:maxntid|reqntid) (\\d+)(?: ?, ?(\\d+))?(?: ?, ?(\\d+))?");

    private final SourceText source;
    private final List<PtxVariable> variables = new ArrayList<>();
    private final Map<String, PtxKernel> kernels = new LinkedHashMap<>();

    /** What reads each function that is no entry: only those that are called need be readable. */
    private final Map<String, Supplier<PtxFunction>> functions = new HashMap<>();

    ModuleParser(SourceText source) {
        this.source = source;
    }

    PtxModule parse() {
        while (source.skipSpace()) {
            int line = source.line();
            if (source.startsWith(".version")
                    || source.startsWith(".target")
                    || source.startsWith(".address_size")
                    || source.startsWith(".file")) {
                source.takeUntil("\n");
                continue;
            }
            String head = source.takeUntil("{;");
            if (head.contains(".entry ") && source.skipSpace() && source.peek() == '{') {
                kernel(line, head);
            } else if (head.contains("=")) {
                variable(line, head + source.takeUntil(";"));
            } else if (source.skipSpace() && source.peek() == '{') {
                function(line, head);
                source.skipBraces();
            } else {
                variable(line, head);
            }
        }
        kernels.replaceAll((name, kernel) -> Calls.expand(kernel, this::function));
        return new PtxModule(List.copyOf(variables), kernels);
    }

    private PtxFunction function(String name) {
        Supplier<PtxFunction> reader = functions.get(name);
        return reader == null ? null : reader.get();
    }

    private void function(int line, String head) {
        Matcher function = FUNCTION.matcher(head);
        if (!function.find()) {
            return;
        }
        SourceText body = source.copy();
        String name = function.group(2);
        String results = function.group(1) == null ? "" : function.group(1);
        String parameters = function.group(3) == null ? "" : function.group(3);
        functions.put(name, () -> {
            BodyParser parser = new BodyParser(body.copy());
            parser.parse();
            return new PtxFunction(
                    DeclarationParser.parameters(line, results),
                    parser.kernel(line, name, DeclarationParser.parameters(line, parameters), 0));
        });
    }

    private void variable(int line, String declaration) {
        source.advance();
        if (!declaration.contains(".func ") && !declaration.contains(".entry ") && !declaration.startsWith(".pragma")) {
            variables.add(DeclarationParser.variable(line, declaration));
        }
    }

    private void kernel(int line, String head) {
        Matcher entry = ENTRY.matcher(head);
        if (!entry.find()) {
            throw new PtxSyntaxException(line, "this is no entry that can be read: " + head);
        }
        List<PtxVariable> parameters = DeclarationParser.parameters(line, entry.group(2) == null ? "" : entry.group(2));
        int maxThreads = 0;
        Matcher limit = MAX_THREADS.matcher(entry.group(3));
        if (limit.find()) {
            maxThreads = 1;
            for (int i = 1; i <= 3; i++) {
                maxThreads =
                        limit.group(i) == null ? maxThreads : DeclarationParser.times(line, maxThreads, limit.group(i));
            }
        }
        BodyParser body = new BodyParser(source);
        body.parse();
        kernels.put(entry.group(1), body.kernel(line, entry.group(1), parameters, maxThreads));
    }
}
