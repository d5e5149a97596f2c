/**
 * The optimizer and its learning rate, by the rule of ELECTRA's official code; gradients that are not finite change nothing.
 */
package org.jelectra.optim;
