package org.jelectra.pretrain.plot;

/**
 * One curve of a picture that {@link Curves#draw(java.nio.file.Path, String, java.util.List, String)} draws.
 *
 * @param panel title of the panel it belongs to
 * @param unit of the vertical axis
 * @param name in the legend
 * @param steps ascending
 * @param values one for each step; those that are not finite are left out
 */
public record Curve(String panel, String unit, String name, double[] steps, double[] values) {}
