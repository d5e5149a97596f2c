package org.jelectra.backend.check;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jelectra.backend.AddLayerNormBackward;
import org.jelectra.backend.AddLayerNormOperands;
import org.jelectra.backend.AttentionOperands;
import org.jelectra.backend.AttentionShape;
import org.jelectra.backend.Dropout;
import org.jelectra.backend.LayerNormBackward;
import org.jelectra.backend.LayerNormOperands;
import org.jelectra.backend.SelfAttentionBackward;
import org.jelectra.backend.SelfAttentionResults;
import org.jelectra.tensor.Tensor;

/** Records of operands out of tensors that have the names of their components. */
final class NamedOperands {

    /** Of all normalisations. */
    static final float EPSILON = 1e-12f;

    private NamedOperands() {}

    /**
     * A record of that type. Components of whose name there is no tensor are null, as those of a backward pass alone may be.
     *
     * @param others the components that are no tensors, in their order
     * @throws IllegalArgumentException unless these are as many as the record has
     */
    static <R extends Record> R of(Class<R> type, Map<String, Tensor> tensors, Object... others) {
        Iterator<Object> rest = Arrays.asList(others).iterator();
        List<RecordComponent> components = List.of(type.getRecordComponents());
        long wanted = components.stream()
                .filter(component -> component.getType() != Tensor.class)
                .count();
        if (wanted != others.length) {
            throw new IllegalArgumentException(
                    type + " has " + wanted + " components that are no tensors, got " + Arrays.toString(others));
        }
        Object[] values = components.stream()
                .map(component -> component.getType() == Tensor.class ? tensors.get(component.getName()) : rest.next())
                .toArray();
        try {
            return type.getConstructor(
                            components.stream().map(RecordComponent::getType).toArray(Class[]::new))
                    .newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type + " cannot be made of " + Arrays.toString(values), e);
        }
    }

    /** The same tensors, with another one, or null for none, of that name. */
    static Map<String, Tensor> with(Map<String, Tensor> tensors, String name, Tensor tensor) {
        Map<String, Tensor> changed = new HashMap<>(tensors);
        changed.put(name, tensor);
        return changed;
    }

    /** Of a normalisation. */
    static AddLayerNormOperands addLayerNorm(Map<String, Tensor> t, Dropout dropout) {
        return of(AddLayerNormOperands.class, t, dropout, EPSILON);
    }

    /** Of the way back through a normalisation whose result has that gradient, or contribution to it. */
    static AddLayerNormBackward addLayerNormBackward(Map<String, Tensor> t, Tensor dy, Dropout dropout) {
        return of(AddLayerNormBackward.class, with(t, "dy", dy), dropout);
    }

    /** Of the normalisation of that value, and dropout of its result. */
    static LayerNormOperands layerNorm(Map<String, Tensor> t, Tensor x, Dropout dropout) {
        return of(LayerNormOperands.class, with(t, "x", x), EPSILON, dropout);
    }

    /** Of the way back through dropout and a normalisation, whose result has that gradient, or contribution to it. */
    static LayerNormBackward layerNormBackward(Map<String, Tensor> t, Tensor dy, Dropout dropout) {
        return of(LayerNormBackward.class, with(t, "dy", dy), dropout);
    }

    /** Of the way back through a self-attention part. */
    static SelfAttentionBackward selfAttentionBackward(Map<String, Tensor> t, AttentionShape shape, Dropout dropout) {
        AttentionOperands attention = of(SelfAttentionResults.class, t).attention(t.get("keyMask"), shape, dropout);
        return of(SelfAttentionBackward.class, t, attention);
    }
}
