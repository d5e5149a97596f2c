/** Labelled text from files: GLUE's tab-separated files, tagged sentences, and what declares them. */
package org.jelectra.finetune.data;
