/**
 * {@code predict} and {@code encode}: what a trained model says of texts. A {@code ...Rows} is what a row of the input is for a kind
 * of model, and how its prediction is printed.
 */
package org.jelectra.cli.predict;
