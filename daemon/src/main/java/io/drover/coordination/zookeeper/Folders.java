package io.drover.coordination.zookeeper;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes the folders of the cluster once, before the first write. Used on the adapter's thread only. */
final class Folders {
    private final AsyncClient client;
    private final Layout layout;
    private @Nullable CompletableFuture<Void> made;

    Folders(AsyncClient client, Layout layout) {
        this.client = client;
        this.layout = layout;
    }

    /** Ends when they exist; fails if the service cannot be asked, and is tried again at the next call. */
    CompletableFuture<Void> make() {
        CompletableFuture<Void> present = made;
        if (present != null && !present.isCompletedExceptionally()) {
            return present;
        }
        CompletableFuture<Void> making = CompletableFuture.allOf(
                layout.folders().stream().map(client::makeFolder).toArray(CompletableFuture<?>[]::new));
        made = making;
        return making;
    }
}
