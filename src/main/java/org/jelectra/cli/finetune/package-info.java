/** {@code finetune}, {@code glue} and {@code evaluate}: tasks, where their data come from, and the runs of several seeds. */
package org.jelectra.cli.finetune;
