/** What people and programs see: gRPC services, pages, JSON, events. */
@NullMarked
package io.drover.api;

import org.jspecify.annotations.NullMarked;
