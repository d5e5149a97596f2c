package org.jelectra.electra;

import java.util.Locale;

/** What the generator shares with the discriminator. */
public enum Sharing {
    /** Nothing; the generator's tables have the width of its hidden states. */
    NONE,
    /** Word, position and token-type tables and their LayerNorm: ELECTRA's default. */
    EMBEDDINGS,
    /** Embeddings and encoder: both networks are one, only the heads differ. */
    ALL;

    /** Name as in {@code --sharing}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
