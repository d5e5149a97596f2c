package org.jelectra.autograd;

import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.LayerNormGradients;
import org.jelectra.backend.Operation;

/** A contribution to the gradient of a normalisation's result that the backward pass of the normalisation computes, as the last one. */
interface DeferredGradient {

    /** Name of the step that computes both. */
    String step();

    /** Which rows depend on each other in that step. */
    Locality locality();

    /** Both, by the backend or in a group of gradients. */
    Operation through(LayerNormGradients operations, AddLayerNormBackward norm);

    /** Says that the step has been recorded: later ones may read what it writes. */
    void recorded();
}
