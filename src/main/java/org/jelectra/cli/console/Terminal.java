package org.jelectra.cli.console;

import java.util.Map;

/**
 * What standard output can show.
 *
 * @param columns its width in characters; text is wrapped there
 * @param interactive whether lines may be rewritten in place
 * @param color whether colours are shown
 */
public record Terminal(int columns, boolean interactive, boolean color) {

    /** Standard output that is no terminal: a file or a pipe. */
    public static final Terminal NONE = new Terminal(100, false, false);

    private static final int NARROWEST = 40;
    private static final int WIDEST = 140;

    /**
     * The terminal of this process.
     *
     * @param width columns as the launcher measured them, null where it found no terminal or did not start this process
     * @param console whether the virtual machine found a terminal; counts only without a width
     * @param environment for TERM, COLUMNS and NO_COLOR (see no-color.org)
     */
    public static Terminal of(String width, boolean console, Map<String, String> environment) {
        if (width == null && !console || "dumb".equals(environment.get("TERM"))) {
            return NONE;
        }
        int columns = number(width == null ? environment.get("COLUMNS") : width);
        boolean color = environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(Math.max(NARROWEST, Math.min(WIDEST, columns)), true, color);
    }

    private static int number(String text) {
        try {
            int columns = Integer.parseInt(text == null ? "" : text.strip());
            return columns > 0 ? columns : 80;
        } catch (NumberFormatException e) {
            return 80; // the width of terminals since punched cards
        }
    }
}
