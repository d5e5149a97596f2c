package org.jelectra.cli.console;

import java.io.PrintStream;
import java.util.Locale;
import org.jelectra.text.corpus.TextProgress;
import org.jelectra.text.shards.PrepareListener;

/** How far reading text is: on a terminal one line that is rewritten in place, elsewhere a line every few seconds. */
public final class ByteProgress implements PrepareListener, AutoCloseable {

    private static final double INTERACTIVE_SECONDS = 0.2;
    private static final double LOG_SECONDS = 5;

    private final PrintStream out;
    private final Terminal terminal;
    private final String unit;
    private TextProgress last = new TextProgress(0, 0, 0, 0, 0, 0);
    private double shownSeconds;
    private boolean lineOpen;

    public ByteProgress(PrintStream out, Terminal terminal) {
        this(out, terminal, "tokens");
    }

    /** @param unit what is counted besides bytes */
    public ByteProgress(PrintStream out, Terminal terminal, String unit) {
        this.unit = unit;
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void onProgress(TextProgress progress) {
        last = progress;
        if (progress.seconds() - shownSeconds < (terminal.interactive() ? INTERACTIVE_SECONDS : LOG_SECONDS)) {
            return;
        }
        shownSeconds = progress.seconds();
        String line = line(progress);
        if (terminal.interactive()) {
            out.print("\r" + line.substring(0, Math.min(line.length(), terminal.columns() - 1)) + "\u001b[K");
            lineOpen = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    @Override
    public void onMessage(String message) {
        endLine();
        out.println(message);
        out.flush();
    }

    /** Time and speed of this process. */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "%s, %.1f MB of text at %.1f MB/s",
                Durations.text(last.seconds()),
                last.textBytes() / 1e6,
                last.megabytesPerSecond());
    }

    /** What is printed next begins on a new line. */
    public void endLine() {
        if (lineOpen) {
            out.println();
            lineOpen = false;
        }
    }

    @Override
    public void close() {
        endLine();
    }

    private String line(TextProgress progress) {
        String share = progress.totalBytes() == 0
                ? ""
                : String.format(Locale.ROOT, "%d %%  ", 100 * progress.bytesRead() / progress.totalBytes());
        return String.format(
                Locale.ROOT,
                "%s%.1f MB of text  %.1f MB/s  %,d %s  ETA %s",
                share,
                progress.textBytes() / 1e6,
                progress.megabytesPerSecond(),
                progress.tokens(),
                unit,
                Durations.text(progress.remainingSeconds()));
    }
}
