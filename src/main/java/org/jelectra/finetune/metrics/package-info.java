/** The official metrics of the tasks, in double precision and as fractions, not percentages. */
package org.jelectra.finetune.metrics;
