/**
 * Compute accounting by the conventions of the ELECTRA paper (Clark et al. 2020, appendix), and with it what the models cost that
 * ELECTRA is compared with. What a step really does in matrix products is {@link org.jelectra.electra.flops.StepFlops}.
 */
package org.jelectra.electra.flops;
