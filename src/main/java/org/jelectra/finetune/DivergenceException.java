package org.jelectra.finetune;

/** A seed cannot go on, because loss, gradient or what the model says is not finite any more; another seed may. */
final class DivergenceException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    DivergenceException(String message, Throwable cause) {
        super(message, cause);
    }
}
