/** The optimizer and its learning rate, exactly as ELECTRA's official code has them. */
package org.jelectra.optim;
