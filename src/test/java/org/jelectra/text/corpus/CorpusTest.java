package org.jelectra.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("every-jdk")
class CorpusTest {

    @TempDir
    Path folder;

    @Test
    void documentsAreSeparatedByBlankLinesAndFiles() throws IOException {
        Path first = write("b.txt", "\uFEFFone\r\ntwo\n \t\n\n\nthree");
        Path second = write("sub/a.txt", "\n\nfour\n");
        write(".hidden", "never");
        write(".git/x", "never");
        Path zipped = folder.resolve("a.txt.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write("zero\n".getBytes(StandardCharsets.UTF_8));
        }
        write("c.txt", "  \n");
        List<Document> documents = read(Corpus.open(List.of(folder, first)));
        assertThat(documents)
                .containsExactly(
                        new Document(List.of("zero"), zipped.toString(), 0, false, false),
                        new Document(List.of("one", "two"), first.toString(), 1, false, false),
                        new Document(List.of("three"), first.toString(), 2, false, false),
                        new Document(List.of("four"), second.toString(), 3, false, false),
                        new Document(List.of("one", "two"), first.toString(), 4, false, false),
                        new Document(List.of("three"), first.toString(), 5, false, false));
    }

    @Test
    void longDocumentsComeInStretches() throws IOException {
        String line = "word ".repeat(2000);
        Path file = write("long.txt", (line + "\n").repeat(250) + "\nnext\n");
        List<Document> documents = read(Corpus.open(List.of(file)));
        assertThat(documents).hasSize(11);
        assertThat(documents.subList(0, 10)).allMatch(document -> document.index() == 0);
        assertThat(documents.subList(1, 10)).allMatch(Document::continued);
        assertThat(documents.get(0).continued()).isFalse();
        assertThat(documents.get(10)).isEqualTo(new Document(List.of("next"), file.toString(), 1, false, false));
        assertThat(documents.stream().mapToInt(d -> d.lines().size()).sum()).isEqualTo(251);
    }

    @Test
    void hugeLinesAreCutAtSpaces() throws IOException {
        int words = 600_000;
        Path file = write("line.txt", "word ".repeat(words));
        List<String> lines = new ArrayList<>();
        read(Corpus.open(List.of(file))).forEach(document -> lines.addAll(document.lines()));
        assertThat(lines).hasSizeGreaterThan(1);
        int found = 0;
        for (String line : lines) {
            for (String word : line.strip().split(" ")) {
                assertThat(word).isEqualTo("word");
                found++;
            }
        }
        assertThat(found).isEqualTo(words);
    }

    /** Only a whole line that is blank ends a document. */
    @Test
    void aBlankPieceOfACutLineDoesNotEndTheDocument() throws IOException {
        String full = "x".repeat(DocumentReader.MAX_CHARACTERS - 1);
        Path end = write("end.txt", full + "  \nnext\n\nother\n");
        assertThat(read(Corpus.open(List.of(end))))
                .containsExactly(
                        new Document(List.of(full), end.toString(), 0, false, true),
                        new Document(List.of("next"), end.toString(), 0, true, false),
                        new Document(List.of("other"), end.toString(), 1, false, false));

        String blank = " ".repeat(2 * DocumentReader.MAX_CHARACTERS);
        Path beginning = write("beginning.txt", "a\n" + blank + "b\n" + blank + "\nc\n");
        List<Document> documents = read(Corpus.open(List.of(beginning)));
        assertThat(documents).hasSize(2);
        assertThat(documents.get(0).lines()).first().isEqualTo("a");
        assertThat(documents.get(0).lines().get(1)).endsWith("b");
        assertThat(documents.get(1).lines()).containsExactly("c");
    }

    @Test
    void sampleCorpus() throws IOException {
        List<Document> documents = read(Corpus.sample());
        assertThat(documents).hasSize(538);
        assertThat(documents.get(537).source()).isEqualTo("sample-corpus.txt.gz");
        assertThat(Corpus.sample().sources()).containsExactly("sample-corpus.txt.gz");
    }

    @Test
    void badPaths() throws IOException {
        assertError(() -> Corpus.open(List.of()), "corpus: expected at least one file or folder, got none");
        Path missing = folder.resolve("missing");
        assertError(
                () -> Corpus.open(List.of(missing)),
                missing + ": expected a corpus file or folder, found nothing there");
        assertError(
                () -> Corpus.open(List.of(folder)),
                folder + ": expected a folder with text files, found no file in it");
        Path blank = write("blank.txt", "\n  \n");
        assertError(() -> read(Corpus.open(List.of(blank))), "no text in " + blank);
        assertError(() -> read(Corpus.open(List.of(blank, blank))), "no text in 2 files from " + blank + " on");
    }

    @Test
    void badBytes() throws IOException {
        byte[] text = "line \uFFFD ä\nsecond line\nthird ?x\n".getBytes(StandardCharsets.UTF_8);
        int wrong = text.length - 3;
        text[wrong] = (byte) 0xC3;
        Path file = Files.write(folder.resolve("latin.txt"), text);
        assertError(
                () -> read(Corpus.open(List.of(file))),
                file + ", line 3: not valid UTF-8 at byte " + wrong + " of the file (0xC3)"
                        + "; text of another encoding is converted by iconv -f ENCODING -t UTF-8; mend the file"
                        + ", or let --invalid-utf8 replace of jelectra vocab, prepare and pretrain read over it");
        Path good = write("good.txt", "text\n");
        assertError(
                () -> read(Corpus.open(List.of(good, file))),
                file + ", line 3: not valid UTF-8 at byte " + wrong + " of the file (0xC3)"
                        + "; text of another encoding is converted by iconv -f ENCODING -t UTF-8; mend the file, leave it"
                        + " out (instead of its folder give the other files one by one), or let"
                        + " --invalid-utf8 replace of jelectra vocab, prepare and pretrain read over it");
        Path notZip = write("text.gz", "plain");
        assertError(() -> read(Corpus.open(List.of(notZip))), notZip + ": not readable as gzip: Not in GZIP format");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write("some text to be cut off\n".getBytes(StandardCharsets.UTF_8));
        }
        Path cut = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(bytes.toByteArray(), bytes.size() - 6));
        assertError(() -> read(Corpus.open(List.of(cut))), cut + ": the gzip data ends too early (truncated?)");
        byte[] damaged = bytes.toByteArray();
        damaged[damaged.length - 6] ^= 1;
        Path damagedFile = Files.write(folder.resolve("wrong.gz"), damaged);
        assertError(
                () -> read(Corpus.open(List.of(damagedFile))),
                damagedFile + ": damaged gzip data: Corrupt GZIP trailer");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderIsNoFile() throws IOException {
        for (String name : List.of("a.tsv", "a.gz")) {
            Path directory = Files.createDirectory(folder.resolve(name));
            assertError(() -> TextLines.open(directory).next(), directory + ": expected a file, found a directory");
        }
    }

    /** A part of the text would be missing without a word. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkToNothingIsAnError() throws IOException {
        write("data/a.txt", "text\n");
        Path moved = folder.resolve("moved.txt");
        Path link = Files.createSymbolicLink(folder.resolve("data/b.txt"), moved);
        String message =
                link + ": expected text, found a symbolic link to nothing, " + moved + "; mend or remove the link";
        assertError(() -> Corpus.open(List.of(folder.resolve("data"))), message);
        assertError(() -> Corpus.open(List.of(link)), message);

        write("moved.txt", "more\n");
        assertThat(read(Corpus.open(List.of(folder.resolve("data"))))).hasSize(2);
        Files.createSymbolicLink(folder.resolve("data/.hidden"), folder.resolve("missing"));
        assertThat(read(Corpus.open(List.of(folder.resolve("data"))))).hasSize(2);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkToTheFolderThatItLiesInIsAnError() throws IOException {
        write("sub/a.txt", "text\n");
        Path link = Files.createSymbolicLink(folder.resolve("sub/up"), Path.of(".."));
        assertError(
                () -> Corpus.open(List.of(folder)),
                link + ": expected text, found a symbolic link to .., a folder that it lies in, which would be read"
                        + " without end; remove the link, or leave it out (give the files and folders beside it one by one)");
        Files.move(link, folder.resolve("sub/.up"));
        assertThat(read(Corpus.open(List.of(folder)))).hasSize(1);
    }

    /** The memory of a process begins with pages that it does not have: the kernel fails to read them, as a bad disk does. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFailureToReadIsNamed() throws IOException {
        Path file = Path.of("/proc/self/mem");
        assertError(() -> read(Corpus.open(List.of(file))), file + ": cannot be read (Input/output error)");
        for (String name : List.of("a.gz", "a.xz")) {
            Path packed = Files.createSymbolicLink(folder.resolve(name), file);
            assertError(() -> read(Corpus.open(List.of(packed))), packed + ": cannot be read (Input/output error)");
            Files.delete(packed);
        }
    }

    static List<Document> read(Corpus corpus) throws IOException {
        List<Document> documents = new ArrayList<>();
        try (DocumentReader reader = corpus.documents()) {
            for (Document document = reader.next(); document != null; document = reader.next()) {
                documents.add(document);
            }
            assertThat(reader.next()).isNull();
        }
        return documents;
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void assertError(Action action, String message) {
        assertThatThrownBy(action::run).isInstanceOf(IOException.class).hasMessage(message);
    }
}
