package org.jelectra.gpu;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.TreeMap;

/** A driver without a device that does nothing but count what is asked of it, by the name of the call. */
public final class DriverCalls {

    private final Map<String, Integer> counts = new TreeMap<>();
    private final GpuDriver driver;

    /** Stands for that device. */
    public DriverCalls(DeviceProperties device) {
        DryDriver dry = new DryDriver(device);
        driver = (GpuDriver) Proxy.newProxyInstance(
                GpuDriver.class.getClassLoader(), new Class<?>[] {GpuDriver.class}, (proxy, method, arguments) -> {
                    counts.merge(method.getName(), 1, Integer::sum);
                    return method.invoke(dry, arguments);
                });
    }

    /** The driver. */
    public GpuDriver driver() {
        return driver;
    }

    /** Calls since the beginning or {@link #clear}. */
    public Map<String, Integer> counts() {
        return counts;
    }

    /** Counts from 0 again. */
    public void clear() {
        counts.clear();
    }
}
