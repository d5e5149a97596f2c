package org.jelectra.backend;

/** The operations that self-attention has in common in all its backward passes. */
final class SelfAttentionSteps {

    private SelfAttentionSteps() {}

    /** From the gradient of the output product to that of query, key and value. */
    static Operation backward(Backend backend, SelfAttentionBackward back) {
        Operation toContext = backend.linearBackwardInput(back.dProduct(), back.outputWeight(), back.dContext(), false);
        Operation toQkv = backend.attentionBackward(
                back.qkv(),
                back.keyMask(),
                back.shape(),
                back.probabilityDropout(),
                back.context(),
                back.logSumExp(),
                back.dContext(),
                back.dQkv());
        return () -> {
            toContext.run();
            toQkv.run();
        };
    }
}
