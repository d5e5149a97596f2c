package org.jelectra.backend;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** A backend whose joined operations are their parts one after the other, as {@link Backend} defines them, on another backend. */
final class InParts {

    /** Those that take prepared operations, and a joined operation that need not leave the bits of its parts. */
    private static final Set<String> WHOLE = Set.of("chain", "recorded", "linearBackwardInputGelu");

    /** Names of the methods that join operations. */
    static final Set<String> JOINED = Arrays.stream(Backend.class.getMethods())
            .filter(InParts::isJoined)
            .map(Method::getName)
            .collect(Collectors.toUnmodifiableSet());

    private InParts() {}

    private static boolean isJoined(Method method) {
        return method.isDefault() && method.getReturnType() == Operation.class && !WHOLE.contains(method.getName());
    }

    static Backend of(Backend whole) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (parts, method, arguments) -> {
                    Method defined = Backend.class.getMethod(method.getName(), method.getParameterTypes());
                    if (isJoined(defined)) {
                        return InvocationHandler.invokeDefault(parts, defined, arguments);
                    }
                    try {
                        return defined.invoke(whole, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
