package org.jelectra.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jelectra.text.corpus.Corpus;

/** Small corpora whose tokens are easy to tell apart. */
public final class TestCorpora {

    /** Five special tokens, then w0 ... w994 (no word is a continuation). */
    public static final Vocabulary WORDS = words();

    private TestCorpora() {}

    private static Vocabulary words() {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (int i = 0; i < 995; i++) {
            tokens.add("w" + i);
        }
        return Vocabulary.of(tokens);
    }

    /** Documents of the given numbers of tokens, in lines of {@code lineTokens}; the ids count up from 5. */
    public static TokenizedCorpus ofDocuments(Path folder, int lineTokens, int... documentTokens) throws IOException {
        StringBuilder text = new StringBuilder();
        int next = 0;
        for (int tokens : documentTokens) {
            for (int i = 0; i < tokens; i++) {
                text.append('w').append(next++ % 995).append((i + 1) % lineTokens == 0 ? '\n' : ' ');
            }
            text.append("\n\n");
        }
        Path file = Files.writeString(folder.resolve("corpus.txt"), text);
        return TokenizedCorpus.tokenize(Corpus.open(List.of(file)), WORDS, WordPieceOptions.uncased(), 1);
    }

    /** All of a corpus for training. */
    public static PackedSequences pack(TokenizedCorpus corpus, int length, long seed) {
        return SequencePacker.pack(corpus, new PackingOptions(length, 0), seed).training();
    }
}
