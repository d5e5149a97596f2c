package org.jelectra.cli.data;

import java.util.ArrayList;
import java.util.List;
import org.jelectra.cli.console.DisplayWidth;
import org.jelectra.cli.console.Terminal;
import org.jelectra.text.Vocabulary;
import org.jelectra.text.batch.Batch;

/**
 * A row of a batch as a person reads it: pieces of a word joined, {@code [MASK:word]} where the generator sees a mask, {@code
 * [keep:word]} where it has to guess a token that it sees, {@code [word->other]} where it sees a random one, [CLS] and [SEP] as they
 * are.
 */
final class MaskedView {

    private static final String INDENT = "  ";

    private MaskedView() {}

    /** The row, wrapped at the terminal's width; ends with a line feed. */
    static String render(Batch batch, int row, Vocabulary vocabulary, Terminal terminal) {
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (String word : words(batch, row, vocabulary)) {
            int width = DisplayWidth.of(word);
            if (column > 0 && column + 1 + width > terminal.columns()) {
                text.append('\n');
                column = 0;
            }
            text.append(column == 0 ? INDENT : " ").append(word);
            column += width + (column == 0 ? INDENT.length() : 1);
        }
        return text.append('\n').toString();
    }

    private static String chosen(String token, int shown, int original, Vocabulary vocabulary) {
        if (shown == original) {
            return "[keep:" + token + "]";
        }
        return shown == vocabulary.maskId()
                ? "[MASK:" + token + "]"
                : "[" + token + "->" + vocabulary.token(shown) + "]";
    }

    private static List<String> words(Batch batch, int row, Vocabulary vocabulary) {
        int start = row * batch.sequenceLength();
        boolean[] chosen = new boolean[batch.sequenceLength()];
        for (int slot = row * batch.slots(); slot < (row + 1) * batch.slots(); slot++) {
            chosen[batch.maskedRows[slot] - start] |= batch.maskedWeights[slot] > 0;
        }
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < batch.sequenceLength() && batch.attentionMask[start + i] > 0; i++) {
            String token = vocabulary.token(batch.inputIds[start + i]);
            boolean continues = vocabulary.isContinuation(batch.inputIds[start + i]);
            if (!continues && word.length() > 0) {
                words.add(word.toString());
                word.setLength(0);
            }
            if (chosen[i]) {
                word.append(chosen(token, batch.maskedInputIds[start + i], batch.inputIds[start + i], vocabulary));
            } else {
                word.append(continues ? token.substring(Vocabulary.CONTINUATION.length()) : token);
            }
        }
        words.add(word.toString());
        return words;
    }
}
