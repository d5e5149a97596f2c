package org.jelectra.gpu.sim.ptx;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads declarations of variables and parameters. */
final class DeclarationParser {

    private static final Pattern VARIABLE = Pattern.compile(
            "(?:\\.(?:visible|weak|extern) )*\\.(shared|local|global|const|param)"
                    + "(?: \\.align (\\d+))? \\.(\\w+)(?: \\.ptr(?: \\.\\w+)*(?: \\.align \\d+)?)? ([\\w$%]+) ?((?:\\[ ?\\d* ?\\])*)(?: ?= ?(.*))?");
    private static final Pattern DIMENSION = Pattern.compile("\\[ ?(\\d*) ?\\]");

    private DeclarationParser() {}

    static boolean isVariable(String text) {
        return VARIABLE.matcher(text).matches();
    }

    static PtxVariable variable(int line, String text) {
        Matcher matcher = VARIABLE.matcher(text);
        if (!matcher.matches()) {
            throw new PtxSyntaxException(line, "this is no declaration that can be read: " + text);
        }
        String type = matcher.group(3);
        int elementBytes = PtxVariable.bytesOf(line, type);
        int bytes = elementBytes;
        Matcher dimension = DIMENSION.matcher(matcher.group(5));
        boolean external = false;
        while (dimension.find()) {
            external |= dimension.group(1).isEmpty();
            bytes = dimension.group(1).isEmpty() ? 0 : times(line, bytes, dimension.group(1));
        }
        int alignment = matcher.group(2) == null ? elementBytes : times(line, 1, matcher.group(2));
        if (Integer.bitCount(alignment) != 1) {
            throw new PtxSyntaxException(line, "the alignment " + alignment + " is no power of two: " + text);
        }
        return new PtxVariable(
                line,
                matcher.group(1),
                external || text.contains(".extern"),
                alignment,
                type,
                matcher.group(4),
                bytes,
                initial(matcher.group(6)));
    }

    /** A factor times a decimal number. */
    static int times(int line, int factor, String digits) {
        try {
            return Math.multiplyExact(factor, Integer.parseInt(digits));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new PtxSyntaxException(
                    line, (factor == 1 ? "" : factor + " times ") + digits + ": expected a number below 2147483648");
        }
    }

    private static List<String> initial(String text) {
        List<String> values = new ArrayList<>();
        if (text != null) {
            for (String value : text.replaceAll("[{}]", "").split(",")) {
                values.add(value.strip());
            }
        }
        return List.copyOf(values);
    }

    /** Parameters between the parentheses of a kernel. */
    static List<PtxVariable> parameters(int line, String text) {
        List<PtxVariable> parameters = new ArrayList<>();
        for (String part : text.split(",")) {
            if (!part.isBlank()) {
                parameters.add(variable(line, part.strip()));
            }
        }
        return List.copyOf(parameters);
    }
}
