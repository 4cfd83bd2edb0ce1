package io.drover.hostsetup;

/**
 * What a host said when it was asked whether a VM of its own could move to another one. It connects to the other for
 * that, so that it is a test of delegation, names, ports and storage as well.
 *
 * @param source full name of the host that has the VM
 * @param target full name of the host that would receive it
 * @param outcome what it said
 * @param vm name of the VM; empty if there is none to ask for
 * @param text the host's words, or why nothing was tried; empty if there is no problem
 * @param remedy what can be done; empty if there is no problem
 */
public record Trial(String source, String target, Outcome outcome, String vm, String text, String remedy) {
    /** What a host said. */
    public enum Outcome {
        /** The VM could move. */
        POSSIBLE,
        /** It could not. */
        IMPOSSIBLE,
        /** It could not, for a reason that another VM of its host need not have: another one was tried then. */
        OWN_OBSTACLE,
        /** The source has no VM to ask for. */
        NOT_TRIED
    }
}
