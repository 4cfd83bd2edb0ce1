package io.drover.wsman;

import java.time.Duration;

/**
 * One request and its answer as they went over the wire, without what proves who asks.
 *
 * @param what what was asked, in words
 * @param request the envelope that was sent
 * @param status HTTP's code
 * @param answer the body that came
 * @param took from the sending to the last of the answer
 */
public record WsmanExchange(String what, String request, int status, String answer, Duration took) {}
