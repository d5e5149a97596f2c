package org.jelectra.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** What picocli says of a wrong command line, in the words and the spelling of the help. */
final class UsageMessage {

    private static final Pattern CONSTANTS = Pattern.compile("\\[([A-Za-z0-9_, -]+)\\] \\(case-insensitive\\)");

    private UsageMessage() {}

    static String of(CommandLine.ParameterException exception) {
        // a required option may be missing because its name is mistyped
        List<String> unknown = exception instanceof CommandLine.UnmatchedArgumentException unmatched
                ? unmatched.getUnmatched()
                : exception instanceof CommandLine.MissingParameterException
                        ? exception.getCommandLine().getUnmatchedArguments()
                        : List.of();
        if (!unknown.isEmpty()) {
            return UnknownWord.message(exception.getCommandLine().getCommandSpec(), unknown.get(0));
        }
        String message = exception.getMessage();
        message = CONSTANTS.matcher(message).replaceAll(names -> spelled(names.group(1)) + ",");
        message = message.replaceFirst("('-?[0-9]+') is not an? (int|long)$", "$1 is out of range")
                .replaceFirst("' is not an? (int|long)$", "' is not a whole number")
                .replaceFirst("' is not a (float|double)$", "' is not a number")
                .replaceFirst("' is not a boolean$", "' is neither true nor false");
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    /** Constants with two spellings, ELECTRA_15 and electra-15, have both in picocli's list. */
    private static String spelled(String names) {
        return Arrays.stream(names.split(", "))
                .map(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
