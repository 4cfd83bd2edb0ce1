package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.Methods;
import java.util.Map;
import java.util.TreeMap;

/** What methods give back. */
final class Outcome {
    private Outcome() {}

    /** Only a number. */
    static Map<String, Object> of(long code) {
        return Map.of(Methods.RETURN_VALUE, code);
    }

    /** Done, with a result. */
    static Map<String, Object> done(String output, Object value) {
        Map<String, Object> outputs = new TreeMap<>(of(ReturnCode.DONE));
        outputs.put(output, value);
        return outputs;
    }

    /** A job has started. */
    static Map<String, Object> started(Job job) {
        Map<String, Object> outputs = new TreeMap<>(of(ReturnCode.JOB_STARTED));
        outputs.put("Job", job.ref());
        return outputs;
    }
}
