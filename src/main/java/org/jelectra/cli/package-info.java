/**
 * The command line {@code jelectra}: commands and their options, progress and predictions on a terminal, errors as one line.
 * {@code Main} runs the command that is named and turns failures into one line; each command lies in the room of its subject, is a
 * class named after it ({@code PretrainCommand}), and gets at the standard streams through {@code Console}.
 * No other package writes to these streams.
 */
package org.jelectra.cli;
