package org.jelectra.cli.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jelectra.electra.TokenProbability;

/**
 * Shows tokens with the discriminator's probability below each: a replaced token as {@code original->replacement}. On a colour
 * terminal the shade goes from green (surely original) to red (surely replaced). In plain text a star marks what the
 * discriminator called replaced.
 */
public final class TokenView {

    /** Background colours of the 256-colour palette from green over yellow to red, legible under black. */
    private static final int[] SHADES = {151, 157, 193, 229, 222, 216, 210, 203};

    private static final String RESET = "\u001b[0m";
    private static final String INDENT = "  ";

    /** A token, what stands below it, and how wide it is itself. */
    private record Cell(TokenProbability token, String number, int wordWidth) {

        int width() {
            return Math.max(wordWidth, number.length());
        }
    }

    private final Terminal terminal;

    public TokenView(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The tokens, wrapped at the terminal's width; ends with a line feed. */
    public String render(List<TokenProbability> tokens) {
        StringBuilder text = new StringBuilder();
        List<Cell> line = new ArrayList<>();
        int width = INDENT.length();
        for (TokenProbability token : tokens) {
            Cell cell = new Cell(token, number(token), wordWidth(token));
            if (!line.isEmpty() && width + cell.width() + 1 > terminal.columns()) {
                append(line, text);
                line.clear();
                width = INDENT.length();
            }
            line.add(cell);
            width += cell.width() + 1;
        }
        if (!line.isEmpty()) {
            append(line, text);
        }
        return text.toString();
    }

    /** What the view means; ends with a line feed. */
    public String legend() {
        if (!terminal.color()) {
            return "below each token: the probability that it was replaced, * from 50 % on;"
                    + " original->replacement by the generator\n";
        }
        StringBuilder scale = new StringBuilder("shade: the probability that a token was replaced, 0 ");
        for (int shade : SHADES) {
            scale.append("\u001b[48;5;").append(shade).append("m  ");
        }
        return scale.append(RESET)
                .append(" 1;  ")
                .append(strikeThrough("original"))
                .append(" ")
                .append(underlined("replacement", 1))
                .append(" by the generator\n")
                .toString();
    }

    /** How many replacements were found; ends with a line feed. */
    public static String summary(List<TokenProbability> tokens) {
        long replaced = tokens.stream().filter(TokenProbability::replaced).count();
        long found = tokens.stream().filter(t -> t.replaced() && called(t)).count();
        long falseAlarms =
                tokens.stream().filter(t -> !t.replaced() && called(t)).count();
        return String.format(
                Locale.ROOT,
                "%d of %d replaced tokens found, %d false %s among %d original tokens%n",
                found,
                replaced,
                falseAlarms,
                falseAlarms == 1 ? "alarm" : "alarms",
                tokens.size() - replaced);
    }

    private static boolean called(TokenProbability token) {
        return token.probability() >= 0.5;
    }

    private void append(List<Cell> line, StringBuilder text) {
        StringBuilder words = new StringBuilder(INDENT);
        StringBuilder numbers = new StringBuilder(INDENT);
        for (Cell cell : line) {
            String number = cell.number();
            words.append(word(cell.token())).append(" ".repeat(1 + cell.width() - cell.wordWidth()));
            numbers.append(terminal.color() ? dim(number) : number)
                    .append(" ".repeat(1 + cell.width() - number.length()));
        }
        text.append(words.toString().stripTrailing()).append('\n');
        text.append(numbers.toString().stripTrailing()).append('\n');
    }

    private int wordWidth(TokenProbability token) {
        int width = DisplayWidth.of(token.token());
        if (!token.replaced()) {
            return width;
        }
        return width + DisplayWidth.of(token.original()) + (terminal.color() ? 1 : 2);
    }

    private String word(TokenProbability token) {
        if (!terminal.color()) {
            return token.replaced() ? token.original() + "->" + token.token() : token.token();
        }
        return token.replaced()
                ? strikeThrough(token.original()) + " " + underlined(token.token(), token.probability())
                : shaded(token.token(), token.probability(), "");
    }

    private String number(TokenProbability token) {
        String number = String.format(Locale.ROOT, "%.2f", token.probability());
        String digits = number.startsWith("0") ? number.substring(1) : number;
        return terminal.color() || !called(token) ? digits : digits + "*";
    }

    private static String underlined(String text, double probability) {
        return shaded(text, probability, ";1;4");
    }

    private static String shaded(String text, double probability, String style) {
        int shade = SHADES[(int) Math.max(0, Math.min(SHADES.length - 1, probability * SHADES.length))];
        return "\u001b[38;5;16;48;5;" + shade + style + "m" + text + RESET;
    }

    private static String strikeThrough(String text) {
        return "\u001b[2;9m" + text + RESET;
    }

    private static String dim(String text) {
        return "\u001b[2m" + text + RESET;
    }
}
