/**
 * What all commands share: the standard streams and the terminal behind them, tables, progress, durations, signals, how a failure
 * reads as one line, and the options that choose a backend.
 */
package org.jelectra.cli.console;
