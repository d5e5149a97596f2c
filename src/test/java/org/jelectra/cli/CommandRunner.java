package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jelectra.cli.console.Terminal;

/** Runs the command line within the test, and keeps what it prints. */
public final class CommandRunner {

    /** What a command did. */
    public record Result(int code, String out, String err) {}

    private CommandRunner() {}

    public static Result run(String... args) {
        return runOn(new byte[0], args);
    }

    public static Result runOn(byte[] input, String... args) {
        return runOn(new ByteArrayInputStream(input), new ByteArrayOutputStream(), args);
    }

    /** Prints to {@code out}, where an input may look at it. */
    public static Result runOn(InputStream input, ByteArrayOutputStream out, String... args) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new Main(
                        input,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Terminal.NONE)
                .execute(args);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Returns the result of a command that must have succeeded. */
    public static Result assertSuccess(Result result) {
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }

    /** A command must have ended with that code, and with one line on standard error that has these parts. */
    public static void assertFailure(Result result, int code, String... parts) {
        assertThat(result.code()).as(result.out() + result.err()).isEqualTo(code);
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .startsWith(code == 2 ? "jelectra" : "jelectra: ")
                .contains(parts);
    }

    /** As {@link #assertFailure}, of the command with these arguments. */
    public static void failure(int code, String part, String... arguments) {
        assertFailure(run(arguments), code, part);
    }
}
