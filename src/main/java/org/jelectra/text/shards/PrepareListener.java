package org.jelectra.text.shards;

import org.jelectra.text.corpus.TextProgress;

/** Follows a preparation. All methods are called on the thread that runs it. */
public interface PrepareListener {

    /** Listens to nothing. */
    PrepareListener NONE = new PrepareListener() {};

    /** Some text is done; called many times a second. */
    default void onProgress(TextProgress progress) {}

    /** Something worth knowing happened, for example that an interrupted preparation goes on. */
    default void onMessage(String message) {}
}
