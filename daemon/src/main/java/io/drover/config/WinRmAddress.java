package io.drover.config;

import java.net.URI;

/** Where a host's WinRM listens, as people write it: {@code NAME}, {@code NAME:5986} or {@code https://NAME:5986}. */
public final class WinRmAddress {
    /** What such an address looks like, for messages. */
    public static final String EXPECTED = "https://NAME:5986, or NAME:5986";

    /** WinRM's port for HTTPS. */
    public static final int HTTPS_PORT = 5986;

    private WinRmAddress() {}

    /**
     * Reads one.
     *
     * @param isBasic whether the caller shows a password: only then is plain HTTP taken, and only to this machine, for
     *     tests, since nothing protects what is sent
     * @throws IllegalArgumentException if it is none, or not protected
     */
    public static URI parse(String given, boolean isBasic) {
        URI read = URI.create(given.contains("://") ? given : "https://" + given);
        boolean isPlain = "http".equals(read.getScheme());
        if (read.getHost() == null || (!isPlain && !"https".equals(read.getScheme()))) {
            throw new IllegalArgumentException("'" + given + "' is no address of WinRM");
        }
        if (isPlain && (!isBasic || !isOwn(read.getHost()))) {
            throw new IllegalArgumentException("'" + given + "' is not protected");
        }
        int port = read.getPort() < 0 ? HTTPS_PORT : read.getPort();
        return URI.create(read.getScheme() + "://" + read.getHost() + ":" + port + "/wsman");
    }

    private static boolean isOwn(String host) {
        return host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
    }
}
