package io.drover.hypervisor;

import io.drover.model.VmId;
import java.util.List;

/**
 * Holds and ends the guests of a host in the place of an agent that does not do it: by a way of its own, so that an agent
 * that hangs is not in it. Safe for any thread; calls about one guest are made one at a time. Methods throw
 * {@link HypervisorException}.
 */
public interface Restraint extends AutoCloseable {
    /** The guests that are in this host's memory, whatever they do, in the order of names. Does not ask them. */
    List<VmId> guests();

    /** Whether a guest executes, or could begin to by itself. Blocks for a second at most; throws if nobody can tell. */
    boolean executes(VmId vm);

    /** Holds a guest where it is, its memory in place. On return it does not execute and does not begin to by itself. */
    void hold(VmId vm);

    /** Ends a guest in the hardest way. Does not wait: {@link #guests} says when it is gone. */
    void kill(VmId vm);

    /** Lets go of connections; guests stay as they are. */
    @Override
    void close();
}
