package org.jelectra.inference.batch;

import java.util.Arrays;
import org.jelectra.electra.heads.TokenInputs;

/** Puts texts into the rows of a batch. Rows without a text repeat the first one: they are computed and count for nothing. */
public final class TextBatch {

    private final TokenInputs inputs;
    private final int padId;
    private final int[] ids;
    private final int[] mask;
    private final int[] types;

    /** A writer for inputs. */
    public TextBatch(TokenInputs inputs, int padId) {
        this.inputs = inputs;
        this.padId = padId;
        int tokens = inputs.batch() * inputs.length();
        ids = new int[tokens];
        mask = new int[tokens];
        types = new int[tokens];
    }

    /** Sets 1 to B texts of at most S tokens each; {@link TokenInputs#upload()} writes them. */
    public void set(EncodedText... texts) {
        int length = inputs.length();
        Arrays.fill(ids, padId);
        Arrays.fill(mask, 0);
        Arrays.fill(types, 0);
        for (int row = 0; row < inputs.batch(); row++) {
            EncodedText text = texts[row < texts.length ? row : 0];
            int start = row * length;
            System.arraycopy(text.ids(), 0, ids, start, text.length());
            Arrays.fill(mask, start, start + text.length(), 1);
            Arrays.fill(types, start + text.firstLength(), start + text.length(), 1);
        }
        inputs.set(ids, mask, types);
    }
}
