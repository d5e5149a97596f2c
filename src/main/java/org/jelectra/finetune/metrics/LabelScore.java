package org.jelectra.finetune.metrics;

/**
 * How well one label is told from all others.
 *
 * @param label its name
 * @param precision share of the texts predicted to have it that have it; 0 where there is none
 * @param recall share of the texts that have it that are predicted to; 0 where there is none
 * @param f1 harmonic mean of both; 0 where undefined
 * @param count texts that have it
 */
public record LabelScore(String label, double precision, double recall, double f1, long count) {}
