package org.jelectra.exchange;

import org.jelectra.autograd.Tape;
import org.jelectra.autograd.Variable;
import org.jelectra.electra.heads.TokenInputs;

/** Any head: what it makes of the last hidden states; without a head they are themselves what is compared. */
@FunctionalInterface
interface LogitsHead {

    /** Logits, a row for each of the B sequences or each of the B*S tokens, from hidden states [B*S, H]; without dropout. */
    Variable logits(Tape tape, Variable hidden, TokenInputs inputs);
}
