package org.jelectra.cli.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.WordPieceOptions;
import org.jelectra.text.WordSplitter;

/** A vocabulary with capitals or accents for text that has none. */
public final class CasingWarning {

    /** Of a vocabulary made of text that was normalised alike there are none. */
    private static final double MANY = 0.01;

    private CasingWarning() {}

    /** As the other, of options of the command line. */
    public static Optional<String> of(Vocabulary vocabulary, WordPieceOptions options) {
        return of(vocabulary, options, "--no-lower-case or --no-strip-accents");
    }

    /**
     * What is wrong where many tokens never occur in text that is normalised so; empty where few are.
     *
     * @param missing what would normalise it in another way
     */
    public static Optional<String> of(Vocabulary vocabulary, WordPieceOptions options, String missing) {
        List<String> found = new ArrayList<>();
        WordSplitter.Sink sink = (text, length) -> found.add(new String(text, 0, length));
        WordSplitter asTheText = new WordSplitter(options, sink);
        WordSplitter asItIs = new WordSplitter(WordPieceOptions.cased(), sink);
        int never = 0;
        int words = 0;
        for (int id = 0; id < vocabulary.size(); id++) {
            String token = vocabulary.token(id);
            if (!(token.startsWith("[") && token.endsWith("]"))) {
                boolean first = !token.startsWith(Vocabulary.CONTINUATION);
                String word = first ? token : token.substring(Vocabulary.CONTINUATION.length());
                found.clear();
                asTheText.split(word);
                List<String> normalised = List.copyOf(found);
                found.clear();
                asItIs.split(word);
                words++;
                never += normalised.equals(found) ? 0 : 1;
            }
        }
        return never <= MANY * words
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%,d of the vocabulary's %,d tokens never occur in text that loses capitals or accents:"
                                + " is %s missing?",
                        never,
                        vocabulary.size(),
                        missing));
    }
}
