package org.jelectra.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Options given twice. Picocli would refuse them before it looks for {@code --help}, and not those in a group: there it begins the
 * group anew, and forgets the rest of it. So it is told to allow them, and this says of all of them the same.
 */
final class RepeatedOptions {

    private RepeatedOptions() {}

    /** Throws ParameterException where an option that has one value was given several, and no help is asked for. */
    static void refuse(ParseResult line) {
        for (CommandLine command : line.asCommandLineList()) {
            if (command.isUsageHelpRequested() || command.isVersionHelpRequested()) {
                return;
            }
            for (OptionSpec option : command.getParseResult().matchedOptions()) {
                List<String> values = option.originalStringValues();
                if (!option.isMultiValue() && values.size() > 1) {
                    throw new CommandLine.ParameterException(
                            command, "expected " + name(option) + " once, got it " + found(option, values));
                }
            }
        }
    }

    private static String name(OptionSpec option) {
        String name = option.longestName();
        return option.negatable() ? name + " or --no-" + name.substring(2) : name;
    }

    /** The values; where one was given none, or an empty one, they are counted. */
    private static String found(OptionSpec option, List<String> values) {
        boolean showsAll = option.arity().max() > 0
                && values.stream().noneMatch(value -> value.isBlank() || value.equals(option.fallbackValue()));
        if (showsAll) {
            return "with " + String.join(" and ", values);
        }
        return values.size() == 2 ? "twice" : values.size() + " times";
    }
}
