package org.jelectra.cli.finetune;

/** What {@code --freeze} says. */
final class FrozenLayers {

    private FrozenLayers() {}

    /**
     * How many layers are frozen with the embeddings, of so many.
     *
     * @throws IllegalArgumentException for anything but {@code embeddings}, {@code all} and the number of a layer from 1 on
     */
    static int of(String text, int layers) {
        if (text.equals("embeddings")) {
            return 0;
        }
        if (text.equals("all")) {
            return layers;
        }
        int number = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > layers) {
            throw new IllegalArgumentException("--freeze " + text
                    + ": expected embeddings, all, or the number of a layer of the model, 1 to " + layers);
        }
        return number;
    }
}
