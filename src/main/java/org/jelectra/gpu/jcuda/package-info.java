/**
 * The real driver, through JCuda: {@link org.jelectra.gpu.jcuda.Jcuda}, and the PTX compiler that comes with JCuda and needs no
 * device. JCuda is an optional dependency: who embeds the engine on the CPU has no use for its 10 MB of natives.
 */
package org.jelectra.gpu.jcuda;
