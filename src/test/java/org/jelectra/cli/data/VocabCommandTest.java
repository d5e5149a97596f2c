package org.jelectra.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jelectra.cli.CommandRunner.assertFailure;
import static org.jelectra.cli.CommandRunner.assertSuccess;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jelectra.cli.CommandRunner;
import org.jelectra.cli.TinyRun;
import org.jelectra.text.Vocabulary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("every-jdk")
class VocabCommandTest {

    @TempDir
    Path folder;

    @Test
    void trainsAVocabularyThatPrepareTakes() throws IOException {
        Path text = TinyRun.writeText(folder);
        Path vocabulary = folder.resolve("new/vocab.txt");
        CommandRunner.Result result = assertSuccess(CommandRunner.run(
                "vocab", "--data", text.toString(), "--output", vocabulary.toString(), "--size", "200"));
        assertThat(result.out())
                .contains(" different words\n", " from 1,600 words of text (no more pieces are frequent enough)")
                .containsPattern(
                        "this vocabulary +[0-9]+ tokens: 1.0000 tokens per word, 0.0000 % of the words unknown")
                .contains("BERT's uncased English   30,522 tokens: 1.0000 tokens per word");
        assertThat(Vocabulary.load(vocabulary).id("house")).isGreaterThan(5);
        assertThat(Vocabulary.load(vocabulary).padId()).isZero();

        CommandRunner.Result prepared = assertSuccess(CommandRunner.run(
                "prepare",
                "--data",
                text.toString(),
                "--vocab",
                vocabulary.toString(),
                "--output",
                folder.resolve("shards").toString()));
        assertThat(prepared.out()).contains("1,600 kept (100.00 %)", "0.000 % are [UNK]");
    }

    @Test
    void wordsThatLoseAccentsAreCounted() throws IOException {
        Path text = Files.writeString(folder.resolve("de.txt"), "Die Tür ist zu. Die Türe auch.\n".repeat(20));
        String line = "vocab --data " + text + " --size 100 --output " + folder;
        assertThat(CommandRunner.run((line + "/a.txt").split(" ")).out())
                .contains(
                        "\n22.2 % of the words lose accents, vowel signs or the like: --no-strip-accents keeps them\n");
        assertThat(CommandRunner.run((line + "/b.txt --no-strip-accents").split(" "))
                        .out())
                .contains(" from 180 words")
                .doesNotContain("accents");
    }

    @Test
    void wordsTooLongForATokenizerAreCounted() throws IOException {
        Path text = Files.writeString(folder.resolve("th.txt"), ("a b c " + "d".repeat(201) + "\n").repeat(20));
        String line = "vocab --data " + text + " --size 100 --output " + folder;
        assertThat(CommandRunner.run((line + "/a.txt").split(" ")).out())
                .contains("\n25.0 % of the words are longer than 200 characters: each is [UNK]; a text that is written")
                .contains("25.0000 % of the words unknown");
    }

    /** The recipe without its second --no-lower-case. */
    @Test
    void aVocabularyWithCapitalsForTextWithout() throws IOException {
        Path text = Files.writeString(folder.resolve("de.txt"), "Die Tür ist zu. Die Türe auch.\n\n".repeat(200));
        Path vocabulary = folder.resolve("vocab.txt");
        assertSuccess(CommandRunner.run(
                "vocab", "--data", text.toString(), "--output", vocabulary.toString(), "--no-lower-case"));
        String line = "prepare --data " + text + " --vocab " + vocabulary + " --output " + folder;
        assertThat(CommandRunner.run((line + "/a").split(" ")).out())
                .containsPattern(
                        "\nwarning: \\d+ of the vocabulary's \\d+ tokens never occur in text that loses capitals");
        assertThat(CommandRunner.run((line + "/b --no-lower-case").split(" ")).out())
                .doesNotContain("never occur");
    }

    @Test
    void charactersBeyondTheAlphabetAreCounted() throws IOException {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            words.append((char) (0x4E00 + i))
                    .append(' ')
                    .append((char) (0x4E00 + i))
                    .append('\n');
        }
        Path text = Files.writeString(folder.resolve("zh.txt"), words.append("\u5B57"));
        String line = "vocab --data " + text + " --size 100 --output " + folder;
        CommandRunner.Result result = assertSuccess(CommandRunner.run((line + "/a.txt --alphabet 30").split(" ")));
        // of 81 characters 20 are left out, and one is too rare
        assertThat(result.out())
                .contains("from 81 words of text (no more pieces without the characters that are left out are")
                .contains(
                        "\n10 characters (24.69 % of the text) left out by --alphabet 30: words with them are [UNK]\n")
                .contains("25.9259 % of the words unknown");
        assertThat(CommandRunner.run((line + "/b.txt --alphabet 40").split(" ")).out())
                .contains("(no more pieces are frequent enough)")
                .doesNotContain("left out");
    }

    @Test
    void readsOverBytesThatAreNotUtf8WhereAsked() throws IOException {
        Path text = TinyRun.writeText(folder);
        Path bad = Files.write(folder.resolve("bad.txt"), new byte[] {'b', 'a', 'd', ' ', (byte) 0xC3, '\n'});
        String line = "vocab --data " + text + " " + bad + " --size 200 --output " + folder.resolve("v.txt");
        CommandRunner.Result stopped = CommandRunner.run(line.split(" "));
        assertThat(stopped.code()).isEqualTo(1);
        assertThat(stopped.err()).contains(bad + ", line 1: not valid UTF-8", "--invalid-utf8 replace");
        assertSuccess(CommandRunner.run((line + " --invalid-utf8 replace").split(" ")));
        assertThat(folder.resolve("v.txt")).exists();
    }

    @Test
    void anOutputThatCannotBeWrittenIsNamedBeforeTheTextIsRead() throws IOException {
        Path inFile = TinyRun.writeText(folder).resolve("v.txt");
        CommandRunner.Result result = CommandRunner.run(
                "vocab", "--data", folder.resolve("none.txt").toString(), "--output", inFile.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("jelectra: " + inFile + ": cannot be written (" + inFile.getParent()
                        + ": expected a directory, ");
    }

    @Test
    void measuresOnOtherText() throws IOException {
        Path text = TinyRun.writeText(folder);
        Path other = Files.writeString(folder.resolve("other.txt"), "the zebra sees the house");
        CommandRunner.Result result = CommandRunner.run(
                "vocab",
                "--data",
                text.toString(),
                "--output",
                folder.resolve("v.txt").toString(),
                "--size",
                "200",
                "--evaluate",
                other.toString());
        assertThat(result.out()).contains("20.0000 % of the words unknown");
    }

    @Test
    void malformedBytesThatAreReadOverAreCounted() throws IOException {
        Path text = TinyRun.writeText(folder);
        Files.write(text, new byte[] {'x', (byte) 0xff, ' ', (byte) 0xfe, '\n'}, StandardOpenOption.APPEND);
        long lines = Files.readString(text, StandardCharsets.ISO_8859_1).lines().count();
        String[] command = {
            "vocab",
            "--data",
            text.toString(),
            "--output",
            folder.resolve("v.txt").toString(),
            "--size",
            "200"
        };
        assertThat(CommandRunner.run(command).err()).contains("--invalid-utf8 replace");
        String[] replacing = Arrays.copyOf(command, command.length + 2);
        replacing[command.length] = "--invalid-utf8";
        replacing[command.length + 1] = "replace";
        assertThat(CommandRunner.run(replacing).out())
                .containsOnlyOnce("replaced in the text: 2 malformed sequences of bytes by U+FFFD, the first in " + text
                        + ", line " + lines + "\n");
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        Path file = Files.writeString(folder.resolve("v.txt"), "mine");
        CommandRunner.Result result = CommandRunner.run("vocab", "--output", file.toString());
        assertThat(result.err())
                .isEqualTo("jelectra: " + file + ": exists already; choose another --output or delete it\n");
        assertThat(result.code()).isEqualTo(1);
        assertThat(file).hasContent("mine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vocab|2|missing required option: '--output=FILE'",
                "vocab --output x --size 0|2|the vocabulary size must be positive, got 0",
                "vocab --output x --min-frequency 0|2|the minimum frequency must be positive, got 0",
                "vocab --output x --alphabet 0|2|the alphabet size must be positive, got 0",
                "vocab --output x --threads 0|2|the number of threads must be positive, got 0",
                "vocab --output x --threads 100000|2|the number of threads must be at most ",
                "vocab --output x --data /none|1|/none: expected a corpus file or folder, found nothing there",
                "vocab --output x --evaluate /none|1|/none: expected a corpus file or folder, found nothing there",
                "vocab --output x --size 20|1|tokens for its characters alone; the size must be at least that"
            })
    void badInput(String line, int code, String message) {
        assertFailure(CommandRunner.run(line.split(" ")), code, message);
        assertThat(Path.of("x")).doesNotExist();
    }
}
