package io.drover.config;

/**
 * A host and a TCP port.
 *
 * @param host name or address; an IPv6 address without brackets
 * @param port 0 to 65535; 0: any free one
 */
public record HostPort(String host, int port) {
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
