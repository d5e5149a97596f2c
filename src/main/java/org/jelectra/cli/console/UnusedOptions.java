package org.jelectra.cli.console;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Options that would have no effect in a call are wrong usage, not ignored. */
public final class UnusedOptions {

    private UnusedOptions() {}

    /** Throws ParameterException where some of the named options were given, saying what they need. */
    public static void refuse(CommandSpec spec, String needed, String... names) {
        ParseResult line = spec.commandLine().getParseResult();
        List<String> given = Stream.of(names).filter(line::hasMatchedOption).toList();
        if (!given.isEmpty()) {
            throw new ParameterException(spec.commandLine(), String.join(", ", given) + " needs " + needed);
        }
    }
}
