/**
 * What has to be set up outside of Drover before it can work, as text for the people who may do it. Pure: nothing here
 * talks to a directory or a host.
 */
@NullMarked
package io.drover.hostsetup;

import org.jspecify.annotations.NullMarked;
