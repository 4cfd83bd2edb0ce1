package io.drover.api.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** An answer. */
final class Page {
    static final String TEXT = "text/plain; charset=utf-8";

    private final int status;
    private final String type;
    private final byte[] body;

    /**
     * An answer.
     *
     * @param status HTTP status code
     * @param type content type
     * @param body the content; not copied
     */
    Page(int status, String type, byte[] body) {
        this.status = status;
        this.type = type;
        this.body = body;
    }

    /** A plain text, with a newline at its end. */
    static Page text(int status, String text) {
        return new Page(status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A file that was packed next to this class. */
    static Page resource(String name, String type) {
        try (InputStream file = Page.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException("the program was packed without its file " + name);
            }
            return new Page(200, type, file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("reading the packed file " + name, e);
        }
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    int length() {
        return body.length;
    }

    void writeTo(OutputStream stream) throws IOException {
        stream.write(body);
    }
}
