package org.jelectra.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * The script that completes a command line in bash, and in zsh, whose emulation of bash's completion it switches on.
 *
 * <p>In picocli's own the values of all options of a command that are described by the same word, such as NAME, are in one variable, so
 * that each option was offered those of the last; and they are the constants' names of an enumeration. Here each option has a variable,
 * and values are in lower case, as they are documented.
 */
final class CompletionScript {

    private static final Pattern VALUES =
            Pattern.compile("(\\s*local )\\w+_option_args=\\((.*)\\) # (--[\\w-]+) values");
    private static final Pattern OPTION = Pattern.compile("\\s+(?:'[\\w-]+'\\|)*'(--[\\w-]+)'\\)");
    private static final Pattern USE = Pattern.compile("\\w+_option_args\\[@]");

    private String option;

    private CompletionScript() {}

    static String of(CommandLine command) {
        CompletionScript script = new CompletionScript();
        return AutoComplete.bash(command.getCommandName(), command)
                .lines()
                .map(script::line)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private String line(String line) {
        Matcher values = VALUES.matcher(line);
        if (values.matches()) {
            return values.group(1) + variable(values.group(3)) + "=("
                    + values.group(2).toLowerCase(Locale.ROOT) + ")";
        }
        Matcher label = OPTION.matcher(line);
        if (label.matches()) {
            option = label.group(1);
        }
        return option == null ? line : USE.matcher(line).replaceAll(variable(option) + "[@]");
    }

    private static String variable(String ofOption) {
        return "values_of" + ofOption.substring(1).replace('-', '_');
    }
}
