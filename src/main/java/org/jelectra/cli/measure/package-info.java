/**
 * {@code bench}, {@code report}, {@code doctor}, {@code flops} and {@code plot}: what a machine can do, what a run cost
 * and how it went.
 */
package org.jelectra.cli.measure;
