package io.drover.wsman;

final class InstanceTextReader {
    private InstanceTextReader() {}

    static InstanceText read(String text) {
        throw CimException.protocol("not yet");
    }
}
