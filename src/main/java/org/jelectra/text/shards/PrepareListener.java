package org.jelectra.text.shards;

/** Follows a preparation. All methods are called on the thread that runs it. */
public interface PrepareListener {

    /** Listens to nothing. */
    PrepareListener NONE = new PrepareListener() {};

    /** Some text is done; called many times a second. */
    default void onProgress(PrepareProgress progress) {}

    /** Something worth knowing happened, for example that an interrupted preparation goes on. */
    default void onMessage(String message) {}
}
