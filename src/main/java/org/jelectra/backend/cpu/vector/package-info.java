/**
 * The inner loops of the CPU backend with jdk.incubator.vector. Compiled apart and reached by name only, because the classes
 * do not link where the module is absent (start Java with {@code --add-modules jdk.incubator.vector}).
 */
package org.jelectra.backend.cpu.vector;
