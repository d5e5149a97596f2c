package org.jelectra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.console.Terminal;
import org.jelectra.exchange.Folders;
import org.jelectra.inference.TestModels;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pipe whose reader has gone, as behind {@code | head}, and a disk without room for what is printed. */
@Tag("every-jdk")
class StandardOutputTest {

    private static final String READER_GONE = "Broken pipe";
    private static final String NO_ROOM = "No space left on device";

    @TempDir
    private static Path shared;

    @BeforeAll
    static void write() throws IOException {
        Folders.run(shared.resolve("run"));
        TestModels.classifier(shared.resolve("classifier"), List.of("no", "yes"));
    }

    /** Takes so many bytes and then fails. */
    private static final class Failing extends OutputStream {
        private final String reason;
        private int left;

        Failing(int bytes, String reason) {
            this.left = bytes;
            this.reason = reason;
        }

        @Override
        public void write(int value) throws IOException {
            if (--left < 0) {
                throw new IOException(reason);
            }
        }
    }

    private record Result(int code, String err, int unread) {}

    private static Result run(String reason, int bytes, String line) {
        ByteArrayInputStream in =
                new ByteArrayInputStream("the cat\n".repeat(50_000).getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> arguments = new ArrayList<>();
        for (String word : line.split(" ")) {
            arguments.add(word.replace("MODELS", shared.toString()));
        }
        int code = new Main(
                        in,
                        new Failing(bytes, reason),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Terminal.NONE)
                .execute(arguments.toArray(String[]::new));
        return new Result(code, err.toString(StandardCharsets.UTF_8), in.available());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "predict MODELS/run",
                "predict MODELS/run --as-is",
                "predict MODELS/classifier --tsv",
                "encode MODELS/run"
            })
    void whatIsPrintedForNobodyIsNotComputed(String line) {
        Result gone = run(READER_GONE, 200, line);
        assertThat(gone.err()).isEmpty();
        assertThat(gone.code()).isEqualTo(141);
        assertThat(gone.unread()).isPositive();

        Result full = run(NO_ROOM, 200, line);
        assertThat(full.err()).isEqualTo("jelectra: standard output: cannot be written (No space left on device)\n");
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.unread()).isPositive();
    }

    @Test
    void othersEndWhatTheyDo() {
        Result gone = run(READER_GONE, 10, "plan --backend cpu");
        assertThat(gone.err()).isEmpty();
        assertThat(gone.code()).isZero();
        Path file = shared.resolve("vectors.npy");
        assertThat(run(READER_GONE, 0, "encode MODELS/run cat --output " + file).code())
                .isZero();
        assertThat(file).isNotEmptyFile();

        Result full = run(NO_ROOM, 10, "plan --backend cpu");
        assertThat(full.err()).isEqualTo("jelectra: standard output: cannot be written (No space left on device)\n");
        assertThat(full.code()).isEqualTo(1);
    }
}
