/**
 * Labelled text from files: rows of cells divided by tabs, as GLUE's, or by commas, JSON objects a line, tagged sentences, and what
 * declares them.
 */
package org.jelectra.finetune.data;
