package org.jelectra.electra;

/** What is trained. */
public enum Objective {
    /** Generator by masked-language modelling and discriminator by replaced-token detection, jointly. */
    ELECTRA,
    /** One full-size encoder by masked-language modelling: the BERT baseline, without next-sentence prediction. */
    MLM
}
