package org.jelectra.cli.console;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Handlers for signals of the operating system. The class that does it, {@code sun.misc.Signal} in module {@code jdk.unsupported},
 * is in every full Java runtime but not in its standard; it is reached by reflection, so that runtimes without it just have none.
 */
final class Signals {

    private Signals() {}

    /** What happens on a signal, on a thread of the virtual machine. */
    @FunctionalInterface
    interface Handler {
        void handle(String name);
    }

    /**
     * Installs a handler.
     *
     * @param name INT, TERM, HUP
     * @return what puts the former handler back; null where this runtime cannot handle the signal
     */
    static Runnable install(String name, Handler handler) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object signal = signalType.getConstructor(String.class).newInstance(name);
            Method handle = signalType.getMethod("handle", signalType, handlerType);
            Object former = handle.invoke(null, signal, proxy(handlerType, name, handler));
            return () -> {
                try {
                    handle.invoke(null, signal, former);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException("the handler of " + name + " cannot be put back", e);
                }
            };
        } catch (ReflectiveOperationException e) {
            // no such module; or the virtual machine or the system keeps the signal for itself, as java -Xrs does
            return null;
        }
    }

    private static Object proxy(Class<?> type, String name, Handler handler) {
        InvocationHandler calls = (proxy, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
                handler.handle(name);
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "handler of " + name;
        };
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls);
    }
}
