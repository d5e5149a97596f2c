package org.jelectra.electra;

/** What the generator shares with the discriminator. */
public enum Sharing {
    /** Nothing; the generator's tables have the width of its hidden states. */
    NONE,
    /** Word, position and token-type tables and their LayerNorm: ELECTRA's default. */
    EMBEDDINGS,
    /** Embeddings and encoder: both networks are one, only the heads differ. */
    ALL
}
