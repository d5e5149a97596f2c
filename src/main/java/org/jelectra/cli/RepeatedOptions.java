package org.jelectra.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Options given twice. Picocli refuses them, but for those in a group: there it begins the group anew, and forgets the rest of it. */
final class RepeatedOptions {

    private RepeatedOptions() {}

    /** Throws ParameterException where an option that has one value was given several, and no help is asked for. */
    static void refuse(ParseResult line) {
        for (CommandLine command : line.asCommandLineList()) {
            if (command.isUsageHelpRequested() || command.isVersionHelpRequested()) {
                return;
            }
            for (OptionSpec option : command.getParseResult().matchedOptions()) {
                if (!option.isMultiValue() && option.originalStringValues().size() > 1) {
                    throw new CommandLine.ParameterException(
                            command,
                            "expected " + option.longestName() + " once, got it with "
                                    + String.join(" and ", option.originalStringValues()));
                }
            }
        }
    }
}
