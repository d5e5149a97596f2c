package org.jelectra.text.shards;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jelectra.text.PackingOptions;
import org.jelectra.text.TestCorpora;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.corpus.Corpus;

/** Small prepared corpora. */
final class Prepared {

    static final Vocabulary WORDS = TestCorpora.WORDS;

    private Prepared() {}

    /** A document of random words, in lines of about {@code lineTokens}. */
    static String document(Random random, int tokens, int lineTokens) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tokens; i++) {
            text.append('w').append(random.nextInt(995)).append(random.nextInt(lineTokens) == 0 ? '\n' : ' ');
        }
        return text.append("\n\n").toString();
    }

    /** Documents of up to {@code mostTokens} tokens. */
    static String documents(long seed, int count, int mostTokens) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int d = 0; d < count; d++) {
            text.append(document(random, 1 + random.nextInt(mostTokens), 12));
        }
        return text.toString();
    }

    static Corpus corpus(Path folder, String text) throws IOException {
        return Corpus.open(List.of(Files.writeString(folder.resolve("corpus.txt"), text)));
    }

    /** Options with shards of so many sequences, and a checkpoint after every block. */
    static PrepareOptions options(int length, double heldOut, int sequencesPerShard) {
        return PrepareOptions.of(WORDS, WordPieceOptions.uncased(), new PackingOptions(length, heldOut), 2)
                .withShards(sequencesPerShard, 0);
    }

    static ShardManifest run(Corpus corpus, Path directory, PrepareOptions options) throws IOException {
        return Preparation.run(corpus, directory, options, PrepareListener.NONE);
    }

    /** Names and checksums of all files but hidden ones. */
    static Map<String, String> content(Path directory) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().startsWith(".")) {
                    CRC32C crc = new CRC32C();
                    crc.update(Files.readAllBytes(file));
                    content.put(file.getFileName().toString(), HexFormat.of().toHexDigits(crc.getValue()));
                }
            }
        }
        return content;
    }
}
