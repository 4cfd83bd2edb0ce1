package io.drover.cli.output;

import io.drover.proto.v1.WatchOperationResponse;

/** Shows an operation while it runs. */
public interface ProgressDisplay {
    /** Takes the newest picture. */
    void update(WatchOperationResponse picture);
}
