package io.drover.sim.hyperv.wire;

import com.sun.net.httpserver.HttpExchange;
import java.util.List;

/** A way to say who one is. Safe for many threads. */
public interface Authentication {
    /** Whether the caller has proved to be one who may call; may add headers to the answer. */
    boolean isGood(HttpExchange exchange);

    /** What is told to a caller who has not, one for each header WWW-Authenticate; may be none. */
    List<String> challenges();
}
