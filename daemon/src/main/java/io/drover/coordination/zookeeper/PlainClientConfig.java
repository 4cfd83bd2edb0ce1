package io.drover.coordination.zookeeper;

import org.apache.zookeeper.client.ZKClientConfig;

/**
 * What a client without TLS and without SASL is told. The superclass looks up all settings of TLS as well, which loads
 * the platform's TLS, its cryptography and the certificates of every public authority into the process: some 4 MB and a
 * tenth of a second of each start.
 */
final class PlainClientConfig extends ZKClientConfig {
    PlainClientConfig() {
        setProperty(ENABLE_CLIENT_SASL_KEY, "false");
    }

    /** Called by the superclass's constructor; takes over the one system property that such a client knows. */
    @Override
    protected void handleBackwardCompatibility() {
        String most = System.getProperty(JUTE_MAXBUFFER);
        if (most != null) {
            setProperty(JUTE_MAXBUFFER, most);
        }
    }
}
