package org.jelectra.text.corpus;

import java.time.Instant;

/**
 * When the files of a text were changed last, told in a few bytes; a bundled one counts as of the epoch.
 *
 * @param latest of all
 * @param sha256 hash of the times in reading order, in hexadecimal
 */
public record InputTimes(Instant latest, String sha256) {}
