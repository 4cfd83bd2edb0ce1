/** The configuration file of one agent: what it may say, its defaults, and where a mistake in it stands. */
@NullMarked
package io.drover.config;

import org.jspecify.annotations.NullMarked;
