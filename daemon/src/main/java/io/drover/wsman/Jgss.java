package io.drover.wsman;

import io.drover.wsman.CimException.Kind;
import java.security.Provider;
import java.security.Security;
import org.ietf.jgss.GSSException;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;

/**
 * Which of the JDK's two implementations of the GSS-API is at work. The JDK decides that once for a process, by a system
 * property that its class {@code GSSManagerImpl} reads when it is loaded: so it is set here before the first manager is
 * made, and nobody has to start the process with it. Without a Subject, native JGSS takes the system's tickets also if
 * {@code javax.security.auth.useSubjectCredsOnly} is not false, which therefore stays as it is. For any thread.
 */
final class Jgss {
    /** Read by the JDK as {@link Boolean#getBoolean} does. */
    static final String NATIVE = "sun.security.jgss.native";

    private static final String OF_JAVA = "SunJGSS";

    private static boolean hasBegun;
    private static boolean isNative;

    private Jgss() {}

    /**
     * For the tickets that the system keeps for the account of this process: the system's library, on Windows the
     * JDK's bridge to SSPI.
     *
     * @throws CimException if this process cannot have it any more, or was told not to
     */
    static synchronized GSSManager ofSystem(String service) {
        if (!hasBegun && System.getProperty(NATIVE) == null) {
            System.setProperty(NATIVE, "true");
        }
        begin();
        if (!isNative) {
            throw CimException.of(
                            Kind.KERBEROS_NO_CREDENTIALS,
                            "Kerberos for " + service + ": this process does not use the system's tickets")
                    .remedy("expected: no -D" + NATIVE
                            + "=false, and no login with a keytab before in the same process")
                    .build();
        }
        return GSSManager.getInstance();
    }

    /**
     * For tickets that were fetched by this process or read from a cache: the JDK's own Kerberos, also where the process
     * uses the system's library for others.
     */
    static synchronized GSSManager ofJava(Oid mechanism) throws GSSException {
        begin();
        GSSManager manager = GSSManager.getInstance();
        Provider own = Security.getProvider(OF_JAVA);
        if (isNative && own != null) {
            manager.addProviderAtFront(own, mechanism);
        }
        return manager;
    }

    private static void begin() {
        if (!hasBegun) {
            hasBegun = true;
            isNative = Boolean.getBoolean(NATIVE);
        }
    }
}
