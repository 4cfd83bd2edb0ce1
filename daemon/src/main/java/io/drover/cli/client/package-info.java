/** How a command finds an agent that answers, and keeps finding one while the cluster changes. */
@NullMarked
package io.drover.cli.client;

import org.jspecify.annotations.NullMarked;
