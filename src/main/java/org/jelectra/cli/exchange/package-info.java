/** {@code import} and {@code export}: models from and for other software. */
package org.jelectra.cli.exchange;
