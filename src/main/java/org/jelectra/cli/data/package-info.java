/**
 * {@code vocab}, {@code prepare} and {@code inspect}: text before a model learns from it, and the options of how it is read and
 * masked.
 */
package org.jelectra.cli.data;
