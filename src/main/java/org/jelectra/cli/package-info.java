/**
 * The command line {@code jelectra}: commands and their options, progress and predictions on a terminal, errors as one line.
 * The only package that writes to the standard streams.
 *
 * <p>A command is a class named after it ({@code PretrainCommand}), the options that several share are classes of their own
 * ({@code BackendOptions}). {@code Run...} belongs to {@code pretrain}, from the settings to the run's directory;
 * {@code FineTune...} and {@code ...Source} to {@code finetune}, {@code glue} and {@code evaluate}; {@code ...Rows} to
 * {@code predict}: what a row of the input is for a kind of model, and how its prediction is printed; {@code ...View} and
 * {@code ...Progress} are drawn on a terminal. All commands run within {@code Main}, which turns failures into one line. The
 * package is flat because only {@code Main} is public: commands and what they print share the terminal, the streams and options.
 */
package org.jelectra.cli;
