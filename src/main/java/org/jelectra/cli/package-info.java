/**
 * The command line {@code jelectra}: commands and their options, progress and predictions on a terminal, errors as one line.
 * The only package that writes to the standard streams.
 */
package org.jelectra.cli;
