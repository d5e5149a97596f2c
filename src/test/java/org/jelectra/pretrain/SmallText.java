package org.jelectra.pretrain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jelectra.text.PackedCorpus;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.SequencePacker;
import org.jelectra.text.TokenizedCorpus;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Corpus;

/** Text for {@link SmallRun}: a few dozen sequences, some of them held out. */
final class SmallText {

    private SmallText() {}

    static PackedCorpus pack(Path directory, int seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int document = 0; document < 30; document++) {
            for (int word = 10 + random.nextInt(30); word > 0; word--) {
                text.append('w')
                        .append(5 + random.nextInt(SmallRun.VOCABULARY - 5))
                        .append(' ');
            }
            text.append("\n\n");
        }
        Path file = Files.writeString(directory.resolve("text-" + seed + ".txt"), text);
        TokenizedCorpus tokens = TokenizedCorpus.tokenize(
                Corpus.open(List.of(file)), SmallRun.vocabulary(), WordPieceOptions.cased(), 1);
        return SequencePacker.pack(tokens, new PackingOptions(SmallRun.LENGTH, 0.2), 7);
    }
}
