/** Models from and to the directories of HuggingFace's libraries, and from checkpoints of ELECTRA's original code, checked. */
package org.jelectra.exchange;
