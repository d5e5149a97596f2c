/**
 * {@code pretrain} and {@code plan}: the options of a run, its weights at the start, directory, settings, progress and what it shows
 * at the end; and how {@code evaluate} measures what they made.
 */
package org.jelectra.cli.pretrain;
