package org.jelectra.finetune.squad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jelectra.inference.squad.SquadQuestion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class SquadReaderTest {

    private static final String QA =
            "{\"id\": \"a\", \"question\": \"Who?\", \"answers\": " + "[{\"text\": \"the cat\", \"answer_start\": 2}]}";
    /** Two code units before the answer are one code point: the file counts these. */
    private static final String CONTEXT = "\uD83D\uDC31 The cat sits.";

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("dev.json"), text);
    }

    private static String document(String qas) {
        return "{\"version\": \"v2.0\", \"data\": [{\"title\": \"t\", \"paragraphs\": [{\"qas\": [" + qas
                + "], \"context\": \"" + CONTEXT + "\"}]}]}";
    }

    @Test
    void questionsInAnyOrderOfMembers() throws IOException {
        SquadFile file = SquadReader.read(file(document(QA
                + ", {\"is_impossible\": true, \"plausible_answers\": [{}], \"answers\": [], \"question\": \"Why?\","
                + " \"id\": \"b\"}")));
        assertThat(file.questions()).hasSize(2);
        assertThat(file.answerable()).isEqualTo(1);
        assertThat(file.misplacedAnswers()).isZero();
        SquadQuestion first = file.questions().get(0);
        assertThat(first.id()).isEqualTo("a");
        assertThat(first.question()).isEqualTo("Who?");
        SquadQuestion.Answer answer = first.answers().get(0);
        assertThat(CONTEXT.substring(answer.start(), answer.end())).isEqualTo("The cat");
        assertThat(file.questions().get(1).isAnswerable()).isFalse();
    }

    /** Answers to a question without one do not count, nor do members that nobody knows. */
    @Test
    void answersAtTheFirstCharacterAndToNoQuestion() throws IOException {
        String answers = "\"answers\": [{\"text\": \"\uD83D\uDC31\", \"answer_start\": 0, \"more\": [1]}]}";
        SquadFile file = SquadReader.read(file(document("{\"id\": \"a\", \"question\": \"What?\", " + answers
                        + ", {\"id\": \"b\", \"question\": \"Why?\", \"is_impossible\": true, " + answers
                        + ", {\"id\": \"c\", \"question\": \"When?\", \"is_impossible\": true}")
                .replace("\"context\"", "\"more\": {}, \"context\"")));
        assertThat(file.misplacedAnswers()).isZero();
        assertThat(file.questions())
                .extracting(SquadQuestion::answers)
                .containsExactly(List.of(new SquadQuestion.Answer("\uD83D\uDC31", 0)), List.of(), List.of());
    }

    @Test
    void packedFiles() throws IOException {
        byte[] bytes = document(QA).getBytes(StandardCharsets.UTF_8);
        Path gz = folder.resolve("a.json.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
            out.write(bytes);
        }
        Path xz = folder.resolve("a.json.xz");
        try (OutputStream out = new XZOutputStream(Files.newOutputStream(xz), new LZMA2Options(0))) {
            out.write(bytes);
        }
        assertThat(SquadReader.read(gz).questions())
                .isEqualTo(SquadReader.read(xz).questions())
                .hasSize(1);
        Path cut = Files.write(folder.resolve("b.json.gz"), Arrays.copyOf(Files.readAllBytes(gz), 60));
        assertThatThrownBy(() -> SquadReader.read(cut))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("b.json.gz")
                .hasMessageContaining("too early");
        Path wrong = Files.write(folder.resolve("c.json.xz"), bytes);
        assertThatThrownBy(() -> SquadReader.read(wrong))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("c.json.xz");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            the dog | 2
            the cat | 3
            the cat | -1
            sits. And | 10
            the cat | 900
            ` ` | 1
            """)
    void answersElsewhereAreCounted(String text, int start) throws IOException {
        SquadFile file =
                SquadReader.read(file(document("{\"id\": \"a\", \"question\": \"Who?\", \"answers\": [{\"text\": \""
                        + text + "\", \"answer_start\": " + start + "}]}")));
        assertThat(file.misplacedAnswers()).isEqualTo(1);
        assertThat(file.questions().get(0).answers().get(0).start()).isEqualTo(-1);
        assertThat(file.questions().get(0).isTrainable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {} | $: expected a member "data"
            {"data": []} | expected questions
            {"data": [{}]} | $.data[0]: expected a member "paragraphs"
            {"data": [{"paragraphs": [{"qas": []}]}]} | $.data[0].paragraphs[0]: expected a member "context"
            {"data": [{"paragraphs": [{"context": "x"}]}]} | $.data[0].paragraphs[0]: expected a member "qas"
            {"data": [{"paragraphs": [{"context": "x", "qas": [{"question": "?", "answers": []}]}]}]} | .qas[0]: expected a member "id"
            {"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "a", "answers": []}]}]}]} | .qas[0]: expected a member "question"
            {"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "a", "question": "?"}]}]}]} | .qas[0]: expected a member "answers"
            {"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "a", "question": "?", "answers": [{"text": "x"}]}]}]}]} | .answers[0]: expected a member "answer_start"
            {"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "a", "question": "?", "answers": [{"answer_start": 0}]}]}]}]} | .answers[0]: expected a member "text"
            {"data": [{"paragraphs": [{"context": 5, "qas": []}]}]} | expected questions
            {"data": [{"paragraphs": [{"context": [], "qas": []}]}]} | path $.data[0].paragraphs[0].context
            {"data": 7} | path $.data
            {"data": [{"paragraphs" | too early, within $.data[0]
            {"data": [{]} | line 1 column
            [1] | Expected BEGIN_OBJECT
            {"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "a", "question": "?", "answers": []}, {"id": "a", "question": "?", "answers": []}]}]}]} | .qas[1]: expected an id of its own
            {"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "a", "question": "?", "answers": []}]}]}]} {} | more text
            `` | too early
            """)
    void malformed(String text, String message) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> SquadReader.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message)
                .message()
                .hasLineCount(1);
    }

    @Test
    void otherEncodings() throws IOException {
        Path file = Files.write(folder.resolve("dev.json"), document("\u00e9").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> SquadReader.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not UTF-8");
    }
}
