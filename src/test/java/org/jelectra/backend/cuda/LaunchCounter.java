package org.jelectra.backend.cuda;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jelectra.backend.Backend;
import org.jelectra.gpu.Gpu;
import org.jelectra.gpu.GpuDriver;
import org.jelectra.gpu.sim.SimulatedDriver;
import org.jelectra.tensor.DType;

/** A simulated device that counts launches by kernel instead of running them, so that whole steps of real models are cheap. */
public final class LaunchCounter {

    private final Map<Object, String> functions = new HashMap<>();
    private final Map<Object, String> launches = new HashMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    /** The backend on it. */
    public Backend open(DType valueType) {
        GpuDriver driver = new SimulatedDriver();
        GpuDriver counting = (GpuDriver) Proxy.newProxyInstance(
                GpuDriver.class.getClassLoader(), new Class<?>[] {GpuDriver.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("launch")) {
                        counts.merge(launches.get(arguments[0]), 1, Integer::sum);
                        return null;
                    }
                    Object result;
                    try {
                        result = method.invoke(driver, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (method.getName().equals("function")) {
                        functions.put(result, (String) arguments[1]);
                    } else if (method.getName().equals("prepareLaunch")) {
                        launches.put(result, functions.get(arguments[0]));
                    }
                    return result;
                });
        return CudaBackend.on(Gpu.open(counting, 0), valueType);
    }

    /** Launches so far, by kernel. */
    public Map<String, Integer> counts() {
        return Collections.unmodifiableMap(counts);
    }

    /** Forgets them. */
    public void clear() {
        counts.clear();
    }
}
