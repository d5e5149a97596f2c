package org.jelectra.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** A word of the command line that means nothing there, and the nearest one that does. */
final class UnknownWord {

    private UnknownWord() {}

    static String message(CommandSpec command, String word) {
        boolean isOption = word.startsWith("-");
        String name = isOption ? word.replaceFirst("=.*", "") : word;
        List<String> known = new ArrayList<>(command.optionsMap().keySet());
        command.negatedOptionsMap().keySet().forEach(known::add);
        known.addAll(command.subcommands().keySet());
        String what = isOption
                ? "there is no option " + name
                : command.subcommands().isEmpty()
                        ? "unexpected argument '" + name + "'"
                        : "there is no command " + name;
        List<String> near =
                isOption || !command.subcommands().isEmpty() ? near(name.toLowerCase(Locale.ROOT), known) : List.of();
        if (near.isEmpty()) {
            return what + (isOption && takesTexts(command) ? "; a text that begins so goes behind --" : "");
        }
        return what + "; did you mean " + String.join(" or ", near) + "?";
    }

    private static boolean takesTexts(CommandSpec command) {
        return command.positionalParameters().stream()
                .anyMatch(parameter -> parameter.paramLabel().equals("TEXT"));
    }

    /** The known word that the fewest slips turn into this one, or those that begin or end like it; none where that is far-fetched. */
    private static List<String> near(String word, List<String> known) {
        int most = Math.max(1, word.length() / 4);
        return known.stream()
                .filter(each -> each.length() > 2 && slips(word, each) <= most)
                .min(Comparator.comparingInt(each -> slips(word, each)))
                .map(List::of)
                .orElse(known.stream()
                        .filter(each -> each.length() > 4 && isAlike(word, each))
                        .toList());
    }

    private static boolean isAlike(String word, String known) {
        String bare = word.replaceFirst("^-+", "");
        return word.startsWith(known) || bare.length() > 2 && (known.startsWith(word) || known.endsWith(bare));
    }

    /** Letters left out, added, mistaken or swapped with their neighbour (the distance of Damerau and Levenshtein, restricted). */
    private static int slips(String a, String b) {
        int[][] distance = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int mistaken = distance[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int least = Math.min(mistaken, 1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                distance[i][j] = swapped ? Math.min(least, 1 + distance[i - 2][j - 2]) : least;
            }
        }
        return distance[a.length()][b.length()];
    }
}
