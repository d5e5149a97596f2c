/**
 * Rows from files: {@link org.jelectra.text.rows.RowFormat} tells from a name how a file has them,
 * {@link org.jelectra.text.rows.Records} are those of cells divided by tabs or by commas. What the cells mean is for others to say:
 * examples of a task, texts to predict.
 */
package org.jelectra.text.rows;
