/**
 * What the scripts in {@code tools/gpu} have left, as tables and pictures: one {@code *Section} for each part of the report that
 * {@link org.jelectra.pretrain.report.ResultsReport} writes.
 */
package org.jelectra.pretrain.report;
